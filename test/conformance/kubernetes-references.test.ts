import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { compile, container, parallelFor, pipeline, string } from "../../specs/index.ts";
import {
  configMapAsEnv,
  configMapAsVolume,
  createPvc,
  deletePvc,
  emptyDirMount,
  ephemeralVolume,
  fieldPathAsEnv,
  imagePullSecrets,
  initContainer,
  type KubernetesOption,
  nodeAffinity,
  nodeAffinityJson,
  nodeSelector,
  type PipelineConfigNode,
  pipelineConfig,
  podAnnotations,
  podLabels,
  pvcMount,
  secretAsEnv,
  secretAsVolume,
  securityContext,
  timeout,
  toleration,
} from "../../specs/kubernetes/index.ts";

/** Each platform document of Kubeflow's reference outputs, from a pipeline in TypeScript. */

const references = fileURLToPath(new URL("../../../shared/kfp/", import.meta.url));

function step(name: string) {
  return container(name, { image: "python", outputs: { Output: string(), some_output: string() } });
}

/** A pipeline without inputs. */
function of(body: () => void, kubernetes?: PipelineConfigNode) {
  return pipeline("reference", kubernetes === undefined ? {} : { kubernetes }, body);
}

function one(name: string, ...options: readonly KubernetesOption[]) {
  return of(() => void step(name)().kubernetes(...options));
}

function labels(count: number): KubernetesOption {
  return podLabels(Object.fromEntries(numbers(count).map((number) => [`task-label-${number}`, `label-${number}`])));
}

function annotations(count: number): KubernetesOption {
  const entries = numbers(count).map((number) => [`task-annotation-${number}`, `annotation-${number}`]);
  return podAnnotations(Object.fromEntries(entries));
}

function annotationVariables(count: number): readonly KubernetesOption[] {
  return numbers(count).map((number) =>
    fieldPathAsEnv({
      name: `POD_TASK_ANNOTATION_${number}`,
      fieldPath: `metadata.annotations['task-annotation-${number}']`,
    }),
  );
}

function labelVariables(count: number): readonly KubernetesOption[] {
  return numbers(count).map((number) =>
    fieldPathAsEnv({ name: `POD_TASK_LABEL_${number}`, fieldPath: `metadata.labels['task-label-${number}']` }),
  );
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

const annotationVariable = fieldPathAsEnv({
  name: "POD_TASK_ANNOTATION",
  fieldPath: "metadata.annotations['task-annotation']",
});
const labelVariable = fieldPathAsEnv({ name: "POD_TASK_LABEL", fieldPath: "metadata.labels['task-label']" });

const workspace = pipelineConfig({
  workspace: { size: "1Gi", pvcSpecPatch: { accessModes: ["ReadWriteOnce"], storageClassName: "standard" } },
});

const claim = { access_modes: ["ReadWriteOnce"], size: "5Mi", pvc_name_suffix: "-my-pvc" } as const;

function dynamicClaim(): void {
  const { name } = createPvc({ ...claim, storage_class_name: "standard" }).outputs;
  const mount = pvcMount({ pvcName: name, mountPath: "/data" });
  const producer = step("producer")().kubernetes(mount);
  const consumer = step("consumer")().kubernetes(mount).after(producer);
  deletePvc({ pvc_name: name }).after(consumer);
}

const pipelines = {
  "create_pod_metadata_complex.yaml": of(() => {
    step("validate-pod-metadata")().kubernetes(
      podAnnotations({ "task-annotation": "annotation" }),
      labels(2),
      annotationVariable,
      ...labelVariables(2),
    );
    step("validate-pod-metadata-2")().kubernetes(annotations(2), ...annotationVariables(2));
  }),
  "critical/pipeline_with_importer_workspace.yaml": of(() => void step("step")(), workspace),
  "critical/pipeline_with_pod_metadata.yaml": of(() => {
    step("validate-pod-metadata-task-a")().kubernetes(
      podAnnotations({ "task-annotation": "annotation" }),
      labels(2),
      annotationVariable,
      ...labelVariables(2),
    );
    step("validate-pod-metadata-task-b")().kubernetes(
      annotations(4),
      labels(3),
      ...annotationVariables(4),
      ...labelVariables(3),
    );
    step("validate-pod-metadata-task-c")().kubernetes(annotations(2), ...annotationVariables(2));
    step("validate-pod-metadata-task-d")().kubernetes(labels(3), ...labelVariables(3));
    step("validate-no-pod-metadata")().kubernetes(
      annotationVariable,
      ...annotationVariables(1),
      labelVariable,
      ...labelVariables(1),
    );
  }),
  "critical/pipeline_with_secret_as_env.yaml": pipeline(
    "reference",
    { inputs: { secret_parm: string({ default: "test-secret-1" }) } },
    ({ secret_parm }) => {
      const generated = step("generate-secret-name")();
      step("comp")().kubernetes(
        secretAsEnv({ secretName: secret_parm, keyToEnv: { username: "USER_NAME" } }),
        secretAsEnv({ secretName: "test-secret-2", keyToEnv: { password: "PASSWORD_VAR1" } }),
        secretAsEnv({ secretName: generated.some_output, keyToEnv: { password: "PASSWORD_VAR2" } }),
      );
    },
  ),
  "critical/pipeline_with_workspace.yaml": of(() => void step("step")(), workspace),
  "gpu-scheduling/nvidia_gpu_scheduling_check.yaml": one(
    "verify-gpu-scheduled",
    toleration({ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }),
  ),
  "kubernetes/config_map_as_env.yaml": one(
    "comp",
    configMapAsEnv({ configMapName: "my-cm", keyToEnv: { foo: "CONFIG_MAP_VAR" } }),
  ),
  "kubernetes/config_map_as_vol.yaml": one(
    "comp",
    configMapAsVolume({ configMapName: "my-cm", mountPath: "/mnt/my_vol" }),
  ),
  "kubernetes/create_mount_delete_dynamic_pvc.yaml": of(dynamicClaim),
  "kubernetes/create_mount_delete_existing_pvc.yaml": of(() => {
    const { name } = createPvc({ access_modes: ["ReadWriteOnce"], size: "5Mi", pvc_name: "existing" }).outputs;
    const task = step("comp")().kubernetes(pvcMount({ pvcName: name, mountPath: "/data" }));
    deletePvc({ pvc_name: name }).after(task);
  }),
  "kubernetes/general_ephemeral_volume.yaml": one(
    "comp",
    ephemeralVolume({
      volumeName: "pvc-name",
      mountPath: "path",
      accessModes: ["ReadWriteOnce"],
      size: "5Gi",
      annotations: { annotation1: "a1" },
    }),
  ),
  "kubernetes/image_pull_secrets.yaml": one("comp", imagePullSecrets("my-secret")),
  "kubernetes/init_container.yaml": one(
    "print-greeting",
    emptyDirMount({ volumeName: "shared-data", mountPath: "/data" }),
    initContainer({
      name: "prepare-data",
      image: "busybox:1.36",
      command: ["sh", "-c"],
      args: ["echo ready > /data/marker"],
      env: { MARKER_TEXT: "ready" },
      volumeMounts: { "shared-data": "/data" },
    }),
  ),
  "kubernetes/node_selector.yaml": one("comp", nodeSelector({ "cloud.google.com/gke-accelerator": "nvidia-tesla-p4" })),
  "kubernetes/nodeaffinity.yaml": of(() => {
    step("print-hello-with-preferred-affinity")().kubernetes(
      nodeAffinity({ matchExpressions: [{ key: "zone", operator: "In", values: ["us-west-1"] }], weight: 50 }),
    );
    step("print-hello-with-json-affinity")().kubernetes(
      nodeAffinityJson({
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            preference: { matchExpressions: [{ key: "disktype", operator: "In", values: ["ssd"] }] },
          },
        ],
      }),
    );
    step("print-hello-with-json-affinity-2")().kubernetes(
      nodeAffinityJson({
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, preference: { matchExpressions: [{ key: "zone", operator: "In", values: ["us-west-1"] }] } },
          {
            weight: 50,
            preference: { matchExpressions: [{ key: "instance-type", operator: "In", values: ["n1-standard-4"] }] },
          },
        ],
      }),
    );
    step("print-hello-with-empty-json")().kubernetes(nodeAffinityJson({}));
  }),
  "kubernetes/secret_as_env.yaml": one(
    "comp",
    secretAsEnv({ secretName: "my-secret", keyToEnv: { password: "SECRET_VAR" } }),
  ),
  "kubernetes/secret_as_vol.yaml": one("comp", secretAsVolume({ secretName: "my-secret", mountPath: "/mnt/my_vol" })),
  "kubernetes/security_context.yaml": one("print-greeting", securityContext({ runAsUser: 65534, runAsGroup: 0 })),
  "kubernetes/timeout.yaml": one("comp", timeout(20)),
  "kubernetes/toleration.yaml": one(
    "comp",
    toleration({ key: "key1", operator: "Equal", value: "value1", effect: "NoExecute", tolerationSeconds: 10 }),
  ),
  "parallel_and_nested/nested_parallel_for_secret.yaml": of(() => {
    const emitted = step("emit-secret-name")();
    parallelFor(
      ["x", "y"],
      () => {
        const secret = secretAsEnv({ secretName: emitted.Output, keyToEnv: { username: "MY_SECRET_KEY" } });
        step("worker-component")().kubernetes(secret);
      },
      { parallelism: 1 },
    );
  }),
  "parallel_and_nested/parallel_for_mount_pvc.yaml": of(() => {
    const made = createPvc({ ...claim, storage_class_name: "standard" });
    parallelFor(["a"], () => {
      step("example-component")().kubernetes(pvcMount({ pvcName: made.outputs.name, mountPath: "/data" }));
    });
  }),
  "parallel_and_nested/parallel_for_secret.yaml": pipeline(
    "reference",
    { inputs: { my_secret_name: string({ default: "test-secret-1" }) } },
    ({ my_secret_name }) => {
      parallelFor(["a", "b", "c"], () => {
        const secret = secretAsEnv({ secretName: my_secret_name, keyToEnv: { username: "MY_SECRET_KEY" } });
        step("example-component")().kubernetes(secret);
      });
    },
  ),
  "pipeline_with_secret_as_volume.yaml": pipeline(
    "reference",
    { inputs: { secret_param: string({ default: "test-secret-1" }) } },
    ({ secret_param }) => {
      step("comp")().kubernetes(secretAsVolume({ secretName: secret_param, mountPath: "/mnt/my_vol" }));
    },
  ),
  "pipeline_with_volume.yaml": of(dynamicClaim),
  "pipeline_with_volume_no_cache.yaml": of(dynamicClaim),
  "pvc_mount.yaml": pipeline("reference", { inputs: { pvc_name: string() } }, ({ pvc_name }) => {
    const mount = pvcMount({ pvcName: pvc_name, mountPath: "/data" });
    step("consumer")().kubernetes(mount).after(step("producer")().kubernetes(mount));
  }),
};

describe.runIf(existsSync(references))("the references beside the checkout", () => {
  test("none of them is left out", () => {
    const files = globSync(`${references}golden/**/*.yaml`).filter((file) => platformOf(file) !== undefined);
    const names = files.map((file) => file.slice(`${references}golden/`.length));
    expect(Object.keys(pipelines).sort()).toEqual(names.sort());
  });

  test.each(Object.entries(pipelines))("%s", (name, reauthored) => {
    const { platform } = compile(reauthored);
    for (const folder of ["golden", "regenerated"]) {
      const file = `${references}${folder}/${name}`;
      if (existsSync(file)) expect(platform).toEqual(platformOf(file));
    }
  });
});

function platformOf(file: string): unknown {
  return parseAllDocuments(readFileSync(file, "utf8"))[1]?.toJS();
}
