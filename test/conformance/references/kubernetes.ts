import {
  boolean,
  type CompiledSpec,
  compile,
  container,
  Dataset,
  importer,
  job,
  parallelFor,
  pipeline,
  string,
} from "../../../specs/index.ts";
import * as k8s from "../../../specs/kubernetes/index.ts";
import { type Authors, componentOf } from "./reference.ts";

/** Options for open-source Kubeflow Pipelines, and the specs that they belong to. */
export const kubernetes: Authors = {
  "create_pod_metadata_complex.yaml": (file) => {
    const given = { optional: true } as const;
    const inputs = {
      annotation_path_1: string(given),
      annotation_exp_val_1: string(given),
      annotation_path_2: string(given),
      annotation_exp_val_2: string(given),
      label_path_1: string(given),
      label_exp_val_1: string(given),
      label_path_2: string(given),
      label_exp_val_2: string(given),
    };
    const outputs = { Output: boolean() };
    const validate = componentOf(file, "validate-pod-metadata", { inputs, outputs });
    const validateNone = componentOf(file, "validate-no-pod-metadata", {
      inputs: { annotation_path: string(), label_path: string() },
      outputs,
    });
    return compile(
      pipeline("pipeline-with-pod-metadata", {}, () => {
        validate({
          annotation_path_1: "POD_TASK_ANNOTATION",
          annotation_exp_val_1: "annotation",
          label_path_1: "POD_TASK_LABEL_1",
          label_exp_val_1: "label-1",
          label_path_2: "POD_TASK_LABEL_2",
          label_exp_val_2: "label-2",
        })
          .cache(false)
          .kubernetes(
            k8s.podAnnotations({ "task-annotation": "annotation" }),
            podLabels(2),
            annotationAsEnv(""),
            ...labelsAsEnv(2),
          );
        validate({
          annotation_path_1: "POD_TASK_ANNOTATION_1",
          annotation_exp_val_1: "annotation-1",
          annotation_path_2: "POD_TASK_ANNOTATION_2",
          annotation_exp_val_2: "annotation-2",
        })
          .cache(false)
          .kubernetes(podAnnotations(2), ...annotationsAsEnv(2));
        validateNone({ annotation_path: "POD_TASK_ANNOTATION", label_path: "POD_TASK_LABEL" }).cache(false);
      }),
    );
  },

  "critical/pipeline_with_pod_metadata.yaml": (file) => {
    const outputs = { Output: boolean() };
    const validateNone = componentOf(file, "validate-no-pod-metadata", { outputs });
    const path = (number: number) => ({
      [`annotation_path_${number}`]: `POD_TASK_ANNOTATION_${number}`,
      [`annotation_exp_val_${number}`]: `annotation-${number}`,
    });
    const label = (number: number) => ({
      [`label_path_${number}`]: `POD_TASK_LABEL_${number}`,
      [`label_exp_val_${number}`]: `label-${number}`,
    });
    return compile(
      pipeline("pipeline-with-pod-metadata", {}, () => {
        task("a", {
          annotation_path: "POD_TASK_ANNOTATION",
          annotation_exp_val: "annotation",
          ...label(1),
          ...label(2),
        }).kubernetes(
          k8s.podAnnotations({ "task-annotation": "annotation" }),
          podLabels(2),
          annotationAsEnv(""),
          ...labelsAsEnv(2),
        );
        task("b", { ...path(1), ...path(2), ...path(3), ...path(4), ...label(1), ...label(2), ...label(3) }).kubernetes(
          podAnnotations(4),
          podLabels(3),
          ...annotationsAsEnv(4),
          ...labelsAsEnv(3),
        );
        task("c", { ...path(1), ...path(2) }).kubernetes(podAnnotations(2), ...annotationsAsEnv(2));
        task("d", { ...label(1), ...label(2), ...label(3) }).kubernetes(podLabels(3), ...labelsAsEnv(3));
        validateNone()
          .cache(false)
          .kubernetes(annotationAsEnv(""), ...annotationsAsEnv(1), labelAsEnv(""), ...labelsAsEnv(1));
      }),
    );

    function task(name: "a" | "b" | "c" | "d", given: Readonly<Record<string, string>>) {
      const inputs = Object.fromEntries(Object.keys(given).map((input) => [input, string()]));
      return componentOf(file, `validate-pod-metadata-task-${name}`, { inputs, outputs })(given).cache(false);
    }
  },

  "critical/pipeline_with_importer_workspace.yaml": (file) => {
    const writeFile = componentOf(file, "write-file-artifact", { outputs: { out_ds: Dataset } });
    const writeFolder = componentOf(file, "write-dir-artifact", { outputs: { out_ds: Dataset } });
    const getUri = componentOf(file, "get-uri", { inputs: { d: Dataset }, outputs: { Output: string() } });
    const train = componentOf(file, "train", {
      inputs: { dataset: Dataset },
      outputs: { scalar: string(), message: string() },
    });
    const readFolder = componentOf(file, "read-dir", { inputs: { data: Dataset }, outputs: { Output: string() } });
    const importStage = pipeline(
      "import-stage",
      { inputs: { file_uri: string(), dir_uri: string() } },
      ({ file_uri, dir_uri }) => {
        const dataset = importer(Dataset, { uri: file_uri, downloadToWorkspace: true, metadata: { key: "value" } });
        const trained = train({ dataset });
        const data = importer(Dataset, {
          uri: dir_uri,
          reimport: true,
          downloadToWorkspace: true,
          metadata: { source: "directory" },
        });
        return { train_result: trained.scalar, dir_result: readFolder({ data }).Output };
      },
    );
    const description = "Importer downloads an artifact into workspace; downstream reads it";
    return compile(
      pipeline("pipeline-with-importer-workspace", { description, kubernetes: workspace }, () =>
        importStage({
          file_uri: getUri({ d: writeFile().out_ds }).Output,
          dir_uri: getUri({ d: writeFolder().out_ds }).Output,
        }),
      ),
    );
  },

  "critical/pipeline_with_secret_as_env.yaml": (file) => {
    const generate = componentOf(file, "generate-secret-name", { outputs: { some_output: string() } });
    const comp = componentOf(file, "comp");
    const inputs = { secret_parm: string({ default: "test-secret-1" }) };
    return compile(
      pipeline("pipeline-secret-env", { inputs }, ({ secret_parm }) => {
        const generated = generate();
        comp()
          .after(generated)
          .kubernetes(
            k8s.secretAsEnv({ secretName: secret_parm, keyToEnv: { username: "USER_NAME" } }),
            k8s.secretAsEnv({ secretName: "test-secret-2", keyToEnv: { password: "PASSWORD_VAR1" } }),
            k8s.secretAsEnv({ secretName: generated.some_output, keyToEnv: { password: "PASSWORD_VAR2" } }),
          );
      }),
    );
  },

  "critical/pipeline_with_workspace.yaml": (file) => {
    const output = { outputs: { Output: string() } };
    const write = componentOf(file, "write-to-workspace", { inputs: { workspace_path: string() }, ...output });
    const read = componentOf(file, "read-from-workspace", { inputs: { file_path: string() }, ...output });
    const description = "A pipeline that demonstrates workspace functionality";
    return compile(
      pipeline("pipeline-with-workspace", { description, kubernetes: workspace }, () =>
        read({ file_path: write({ workspace_path: job.workspacePath }).Output }),
      ),
    );
  },

  "gpu-scheduling/nvidia_gpu_scheduling_check.yaml": () => {
    const verify = container("verify-gpu-scheduled", {
      image: "python:3.11",
      command: ["sh", "-c"],
      args: ['echo "GPU scheduling check: PASS"'],
    });
    const description =
      "Verifies a task requesting nvidia.com/gpu with a matching toleration can schedule and complete (no CUDA/torch assertions).";
    return compile(
      pipeline("nvidia-gpu-scheduling-check", { description }, () => {
        verify()
          .accelerator("nvidia.com/gpu")
          .cache(false)
          .kubernetes(k8s.toleration({ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }));
      }),
    );
  },

  "kubernetes/config_map_as_env.yaml": (file) =>
    alone(file, "comp", k8s.configMapAsEnv({ configMapName: "my-cm", keyToEnv: { foo: "CONFIG_MAP_VAR" } })),

  "kubernetes/config_map_as_vol.yaml": (file) =>
    alone(file, "comp", k8s.configMapAsVolume({ configMapName: "my-cm", mountPath: "/mnt/my_vol" })),

  "kubernetes/create_mount_delete_dynamic_pvc.yaml": (file) =>
    compile(
      pipeline("my-pipeline", {}, () => {
        const data_source = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "my-snap" };
        const claim = k8s.createPvc({ ...dynamicClaim, data_source });
        const consumer = mounting(file, claim.outputs.name);
        k8s.deletePvc({ pvc_name: claim.outputs.name }).after(consumer);
      }),
    ),

  "kubernetes/create_mount_delete_existing_pvc.yaml": (file) =>
    compile(
      pipeline("my-pipeline", {}, () => {
        const { name } = k8s.createPvc({
          pvc_name: "static-pvc-name-cmdep",
          access_modes: ["ReadWriteOnce"],
          size: "5Gi",
          storage_class_name: "standard",
        }).outputs;
        const task = componentOf(file, "comp")().kubernetes(k8s.pvcMount({ pvcName: name, mountPath: "/data" }));
        k8s.deletePvc({ pvc_name: name }).after(task);
      }),
    ),

  "kubernetes/general_ephemeral_volume.yaml": (file) =>
    alone(
      file,
      "comp",
      k8s.ephemeralVolume({
        volumeName: "pvc-name",
        mountPath: "path",
        accessModes: ["ReadWriteOnce"],
        size: "5Gi",
        annotations: { annotation1: "a1" },
      }),
    ),

  "kubernetes/image_pull_secrets.yaml": (file) => alone(file, "comp", k8s.imagePullSecrets("my-secret")),

  "kubernetes/init_container.yaml": (file) =>
    alone(
      file,
      "print-greeting",
      k8s.emptyDirMount({ volumeName: "shared-data", mountPath: "/data" }),
      k8s.initContainer({
        name: "prepare-data",
        image: "busybox:1.36",
        command: ["sh", "-c"],
        args: ["echo ready > /data/marker"],
        env: { MARKER_TEXT: "ready" },
        volumeMounts: { "shared-data": "/data" },
      }),
    ),

  "kubernetes/node_selector.yaml": (file) =>
    alone(file, "comp", k8s.nodeSelector({ "cloud.google.com/gke-accelerator": "nvidia-tesla-p4" })),

  "kubernetes/nodeaffinity.yaml": (file) => {
    const zone = { key: "zone", operator: "In", values: ["us-west-1"] } as const;
    const disk = { key: "disktype", operator: "In", values: ["ssd"] } as const;
    const instance = { key: "instance-type", operator: "In", values: ["n1-standard-4"] } as const;
    const preferred = (...terms: readonly (readonly [weight: number, requirement: k8s.NodeRequirement])[]) =>
      k8s.nodeAffinityJson({
        preferredDuringSchedulingIgnoredDuringExecution: terms.map(([weight, requirement]) => ({
          weight,
          preference: { matchExpressions: [requirement] },
        })),
      });
    const hello = (name: string) => componentOf(file, `print-hello-with-${name}`)();
    return compile(
      pipeline("test-node-affinity", {}, () => {
        hello("preferred-affinity").kubernetes(k8s.nodeAffinity({ matchExpressions: [zone], weight: 50 }));
        hello("json-affinity").kubernetes(preferred([100, disk]));
        hello("json-affinity-2").kubernetes(preferred([100, zone], [50, instance]));
        hello("empty-json").kubernetes(k8s.nodeAffinityJson({}));
      }),
    );
  },

  "kubernetes/secret_as_env.yaml": (file) =>
    alone(file, "comp", k8s.secretAsEnv({ secretName: "my-secret", keyToEnv: { password: "SECRET_VAR" } })),

  "kubernetes/secret_as_vol.yaml": (file) =>
    alone(file, "comp", k8s.secretAsVolume({ secretName: "my-secret", mountPath: "/mnt/my_vol" })),

  "kubernetes/security_context.yaml": (file) =>
    alone(file, "print-greeting", k8s.securityContext({ runAsUser: 65534, runAsGroup: 0 })),

  "kubernetes/timeout.yaml": (file) => alone(file, "comp", k8s.timeout(20)),

  "kubernetes/toleration.yaml": (file) =>
    alone(
      file,
      "comp",
      k8s.toleration({ key: "key1", operator: "Equal", value: "value1", effect: "NoExecute", tolerationSeconds: 10 }),
    ),

  "parallel_and_nested/nested_parallel_for_secret.yaml": (file) => {
    const emit = componentOf(file, "emit-secret-name", { outputs: { Output: string() } });
    const work = componentOf(file, "worker-component", { inputs: { item: string() }, outputs: { Output: string() } });
    const description = "Pipeline with outer task output used as secret name inside ParallelFor.";
    return compile(
      pipeline("pipeline-4-nested-parallel-for-secret", { description }, () => {
        const secret = secretKey(emit().Output);
        parallelFor(["x", "y"], (item) => void work({ item }).kubernetes(secret), { parallelism: 1 });
      }),
    );
  },

  "parallel_and_nested/parallel_for_mount_pvc.yaml": (file) => {
    const work = componentOf(file, "example-component", { inputs: { item: string() }, outputs: { Output: string() } });
    const description = "Pipeline with 1 component inside ParallelFor using mount_pvc.";
    const inputs = { my_pvc_name_suffix: string({ default: "test-pvc" }) };
    return compile(
      pipeline("pipeline-parallel-for-mount-pvc", { description, inputs, unusedInputs: "allow" }, () => {
        const { name } = k8s.createPvc(dynamicClaim).outputs;
        const mount = k8s.pvcMount({ pvcName: name, mountPath: "/data" });
        parallelFor(["a"], (item) => void work({ item }).kubernetes(mount));
      }),
    );
  },

  "parallel_and_nested/parallel_for_secret.yaml": (file) => {
    const work = componentOf(file, "example-component", { inputs: { item: string() }, outputs: { Output: string() } });
    const description = "Pipeline with 1 component inside ParallelFor using use_secret_as_env.";
    const inputs = { my_secret_name: string({ default: "test-secret-1" }) };
    return compile(
      pipeline("pipeline-2-parallel-for-secret", { description, inputs }, ({ my_secret_name }) => {
        const secret = secretKey(my_secret_name);
        parallelFor(["a", "b", "c"], (item) => void work({ item }).kubernetes(secret), { parallelism: 1 });
      }),
    );
  },

  "pipeline_with_secret_as_volume.yaml": (file) => {
    const comp = componentOf(file, "comp");
    const inputs = { secret_param: string({ default: "test-secret-1" }) };
    return compile(
      pipeline("pipeline-secret-volume", { inputs }, ({ secret_param }) => {
        comp().kubernetes(k8s.secretAsVolume({ secretName: secret_param, mountPath: "/mnt/my_vol" }));
      }),
    );
  },

  "pipeline_with_volume.yaml": (file) =>
    compile(
      pipeline("pipeline-with-volume", {}, () => {
        const claim = k8s.createPvc(dynamicClaim);
        k8s.deletePvc({ pvc_name: claim.outputs.name }).after(mounting(file, claim.outputs.name));
      }),
    ),

  "pipeline_with_volume_no_cache.yaml": (file) =>
    compile(
      pipeline("pipeline-with-volume-no-cache", {}, () => {
        const claim = k8s.createPvc(dynamicClaim).cache(false);
        k8s.deletePvc({ pvc_name: claim.outputs.name }).after(mounting(file, claim.outputs.name)).cache(false);
      }),
    ),

  "pvc_mount.yaml": (file) =>
    compile(
      pipeline("pvc-mount-pipeline", { inputs: { pvc_name: string() } }, ({ pvc_name }) => {
        mounting(file, pvc_name);
      }),
    ),
};

const workspace = k8s.pipelineConfig({
  workspace: { size: "1Gi", pvcSpecPatch: { accessModes: ["ReadWriteOnce"], storageClassName: "standard" } },
});

const dynamicClaim = {
  pvc_name_suffix: "-my-pvc",
  access_modes: ["ReadWriteOnce"],
  size: "5Mi",
  storage_class_name: "standard",
} as const;

/** A pipeline of one task. */
function alone(file: string, task: string, ...options: readonly k8s.KubernetesOption[]): CompiledSpec {
  return compile(
    pipeline("my-pipeline", {}, () => {
      componentOf(file, task)().kubernetes(...options);
    }),
  );
}

/** A producer and, after it, a consumer, which have the same volume. */
function mounting(file: string, pvcName: k8s.Text) {
  const mount = k8s.pvcMount({ pvcName, mountPath: "/data" });
  const producer = componentOf(file, "producer")().kubernetes(mount);
  return componentOf(file, "consumer")().after(producer).kubernetes(mount);
}

function secretKey(secretName: k8s.Text): k8s.KubernetesOption {
  return k8s.secretAsEnv({ secretName, keyToEnv: { username: "MY_SECRET_KEY" } });
}

function numbered<Made>(count: number, make: (suffix: `${number}`) => Made): readonly Made[] {
  return Array.from({ length: count }, (_, index) => make(`${index + 1}`));
}

function podLabels(count: number): k8s.KubernetesOption {
  return k8s.podLabels(Object.fromEntries(numbered(count, (each) => [`task-label-${each}`, `label-${each}`])));
}

function podAnnotations(count: number): k8s.KubernetesOption {
  const annotations = numbered(count, (each) => [`task-annotation-${each}`, `annotation-${each}`] as const);
  return k8s.podAnnotations(Object.fromEntries(annotations));
}

function annotationAsEnv(suffix: `${number}` | ""): k8s.KubernetesOption {
  const [name, key] = suffix === "" ? ["", ""] : [`_${suffix}`, `-${suffix}`];
  return k8s.fieldPathAsEnv({
    name: `POD_TASK_ANNOTATION${name}`,
    fieldPath: `metadata.annotations['task-annotation${key}']`,
  });
}

function labelAsEnv(suffix: `${number}` | ""): k8s.KubernetesOption {
  const [name, key] = suffix === "" ? ["", ""] : [`_${suffix}`, `-${suffix}`];
  return k8s.fieldPathAsEnv({ name: `POD_TASK_LABEL${name}`, fieldPath: `metadata.labels['task-label${key}']` });
}

function annotationsAsEnv(count: number): readonly k8s.KubernetesOption[] {
  return numbered(count, annotationAsEnv);
}

function labelsAsEnv(count: number): readonly k8s.KubernetesOption[] {
  return numbered(count, labelAsEnv);
}
