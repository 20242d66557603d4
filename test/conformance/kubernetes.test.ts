import { beforeAll, describe, expect, test } from "vitest";
import { exitHandler, parallelFor, pipeline, string, struct, when } from "../../specs/index.ts";
import * as k8s from "../../specs/kubernetes/index.ts";
import { compiled, type Given, isThere, type Judgement, judge, make, parts, use } from "./kubernetes-judge.ts";

/** Every function of kfp-kubernetes, and every option of a pipeline, in both languages: the same documents. */

interface Case {
  readonly title: string;
  /** Lines of the pipeline's function. */
  readonly python: string;
  readonly typescript: (given: Given) => void;
  /** In both languages. */
  readonly config?: readonly [python: string, typescript: k8s.PipelineConfigNode];
}

/** Functions that are called for one task alone, and the options that say the same. */
const options: Readonly<Record<string, (given: Given) => readonly k8s.KubernetesOption[]>> = {
  'use_secret_as_env(task, "s", {"a": "A", "b": "B"})': () => [
    k8s.secretAsEnv({ secretName: "s", keyToEnv: { a: "A", b: "B" } }),
  ],
  'use_secret_as_env(task, name, {"a": "A"}, optional=True)': ({ name }) => [
    k8s.secretAsEnv({ secretName: name, keyToEnv: { a: "A" }, optional: true }),
  ],
  'use_secret_as_volume(task, "s", "/s")': () => [k8s.secretAsVolume({ secretName: "s", mountPath: "/s" })],
  'use_secret_as_volume(task, name, "/s", optional=True)': ({ name }) => [
    k8s.secretAsVolume({ secretName: name, mountPath: "/s", optional: true }),
  ],
  'use_config_map_as_env(task, "c", {"a": "A"})': () => [
    k8s.configMapAsEnv({ configMapName: "c", keyToEnv: { a: "A" } }),
  ],
  'use_config_map_as_env(task, name, {"a": "A"}, optional=True)': ({ name }) => [
    k8s.configMapAsEnv({ configMapName: name, keyToEnv: { a: "A" }, optional: true }),
  ],
  'use_config_map_as_volume(task, "c", "/c")': () => [k8s.configMapAsVolume({ configMapName: "c", mountPath: "/c" })],
  'use_config_map_as_volume(task, name, "/c", optional=True)': ({ name }) => [
    k8s.configMapAsVolume({ configMapName: name, mountPath: "/c", optional: true }),
  ],
  'mount_pvc(task, "p", "/p")': () => [k8s.pvcMount({ pvcName: "p", mountPath: "/p" })],
  'mount_pvc(task, name, "/p", sub_path="in/it")': ({ name }) => [
    k8s.pvcMount({ pvcName: name, mountPath: "/p", subPath: "in/it" }),
  ],
  'add_ephemeral_volume(task, "v", "/v", ["ReadWriteOnce", "ReadOnlyMany"], "5Gi")': () => [
    k8s.ephemeralVolume({
      volumeName: "v",
      mountPath: "/v",
      accessModes: ["ReadWriteOnce", "ReadOnlyMany"],
      size: "5Gi",
    }),
  ],
  'add_ephemeral_volume(task, "v", "/v", ["ReadWriteMany"], "5Gi", "fast", {"l": "1"}, {"a": "2"})': () => [
    k8s.ephemeralVolume({
      volumeName: "v",
      mountPath: "/v",
      accessModes: ["ReadWriteMany"],
      size: "5Gi",
      storageClassName: "fast",
      labels: { l: "1" },
      annotations: { a: "2" },
    }),
  ],
  'add_ephemeral_volume(task, "v", "/v", ["ReadWriteMany"], "5Gi", "", annotations={"a": "2"})': () => [
    k8s.ephemeralVolume({
      volumeName: "v",
      mountPath: "/v",
      accessModes: ["ReadWriteMany"],
      size: "5Gi",
      storageClassName: "",
      annotations: { a: "2" },
    }),
  ],
  'empty_dir_mount(task, "v", "/v")': () => [k8s.emptyDirMount({ volumeName: "v", mountPath: "/v" })],
  'empty_dir_mount(task, "v", "/v", "Memory", "1Gi")': () => [
    k8s.emptyDirMount({ volumeName: "v", mountPath: "/v", medium: "Memory", sizeLimit: "1Gi" }),
  ],
  'add_node_selector(task, "zone", "a"); add_node_selector(task, "disk", "ssd"); add_node_selector(task, "zone", "b")':
    () => [k8s.nodeSelector({ zone: "a", disk: "ssd" }), k8s.nodeSelector({ zone: "b" })],
  'add_node_selector_json(task, {"zone": "a"}); add_node_selector_json(task, {"zone": "b"})': () => [
    k8s.nodeSelectorJson({ zone: "a" }),
    k8s.nodeSelectorJson({ zone: "b" }),
  ],
  'add_node_selector_json(task, labels); add_node_selector(task, "zone", "a")': ({ labels }) => [
    k8s.nodeSelectorJson(labels),
    k8s.nodeSelector({ zone: "a" }),
  ],
  'add_node_affinity(task, [{"key": "zone", "operator": "In", "values": ["a", "b"]}, {"key": "gpu", "operator": "Exists"}])':
    () => [
      k8s.nodeAffinity({
        matchExpressions: [
          { key: "zone", operator: "In", values: ["a", "b"] },
          { key: "gpu", operator: "Exists" },
        ],
      }),
    ],
  'add_node_affinity(task, match_fields=[{"key": "metadata.name", "operator": "NotIn", "values": ["n"]}], weight=50); add_node_affinity(task, [{"key": "cores", "operator": "Gt", "values": ["8"]}], weight=100)':
    () => [
      k8s.nodeAffinity({ matchFields: [{ key: "metadata.name", operator: "NotIn", values: ["n"] }], weight: 50 }),
      k8s.nodeAffinity({ matchExpressions: [{ key: "cores", operator: "Gt", values: ["8"] }], weight: 100 }),
    ],
  'add_node_affinity_json(task, {}); add_node_affinity(task, [{"key": "gpu", "operator": "DoesNotExist"}]); add_node_affinity_json(task, {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 7, "preference": {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}}]})':
    () => [
      k8s.nodeAffinityJson({}),
      k8s.nodeAffinity({ matchExpressions: [{ key: "gpu", operator: "DoesNotExist" }] }),
      k8s.nodeAffinityJson({
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 7, preference: { matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }] } },
        ],
      }),
    ],
  "add_node_affinity_json(task, {}); add_node_affinity_json(task, labels)": ({ labels }) => [
    k8s.nodeAffinityJson({}),
    k8s.nodeAffinityJson(labels),
  ],
  'add_toleration(task, "k", "Equal", "v", "NoExecute", 10); add_toleration(task, operator="Exists")': () => [
    k8s.toleration({ key: "k", operator: "Equal", value: "v", effect: "NoExecute", tolerationSeconds: 10 }),
    k8s.toleration({ operator: "Exists" }),
  ],
  'add_toleration_json(task, labels); add_toleration_json(task, several); add_toleration_json(task, {"key": "a"})': ({
    labels,
    several,
  }) => [k8s.tolerationJson(labels), k8s.tolerationJson(several), k8s.tolerationJson({ key: "a" })],
  'add_toleration_json(task, [{"key": "a", "value": "b"}, {"key": "c", "operator": "Exists", "effect": "NoExecute", "toleration_seconds": -1}])':
    () => [
      k8s.tolerationJson([
        { key: "a", value: "b" },
        { key: "c", operator: "Exists", effect: "NoExecute", tolerationSeconds: -1 },
      ]),
    ],
  'add_pod_label(task, "a", "1"); add_pod_annotation(task, "b", "2"); add_pod_label(task, "a", "3"); add_pod_annotation(task, "c", "")':
    () => [
      k8s.podLabels({ a: "1" }),
      k8s.podAnnotations({ b: "2" }),
      k8s.podLabels({ a: "3" }),
      k8s.podAnnotations({ c: "" }),
    ],
  'set_image_pull_policy(task, "Always"); set_image_pull_policy(task, "IfNotPresent")': () => [
    k8s.imagePullPolicy("Always"),
    k8s.imagePullPolicy("IfNotPresent"),
  ],
  'set_image_pull_secrets(task, ["a", name]); set_image_pull_secrets(task, ["b"])': ({ name }) => [
    k8s.imagePullSecrets("a", name),
    k8s.imagePullSecrets("b"),
  ],
  'use_field_path_as_env(task, "A", "metadata.name"); use_field_path_as_env(task, "B", "metadata.labels[\'b\']")':
    () => [
      k8s.fieldPathAsEnv({ name: "A", fieldPath: "metadata.name" }),
      k8s.fieldPathAsEnv({ name: "B", fieldPath: "metadata.labels['b']" }),
    ],
  "set_timeout(task, 20); set_timeout(task, 30)": () => [k8s.timeout(20), k8s.timeout(30)],
  'set_timeout(task, 20); add_pod_label(task, "a", "1"); set_timeout(task, 0)': () => [
    k8s.timeout(20),
    k8s.podLabels({ a: "1" }),
    k8s.timeout(0),
  ],
  "set_timeout(task, 20); set_timeout(task, 0)": () => [k8s.timeout(20), k8s.timeout(0)],
  "set_security_context(task, 0, 0, False); set_security_context(task, run_as_user=65534)": () => [
    k8s.securityContext({ runAsUser: 0, runAsGroup: 0, runAsNonRoot: false }),
    k8s.securityContext({ runAsUser: 65534 }),
  ],
  'set_security_context(task, run_as_non_root=True); use_secret_as_env(task, "s", {"a": "A"})': () => [
    k8s.securityContext({ runAsNonRoot: true }),
    k8s.secretAsEnv({ secretName: "s", keyToEnv: { a: "A" } }),
  ],
};

const values: readonly Case[] = [
  {
    title: "from a task's outputs",
    python: `
made = make()
task = use()
kubernetes.use_secret_as_env(task, made.outputs["name"], {"a": "A"})
kubernetes.mount_pvc(task, made.outputs["name"], "/p", "in")
kubernetes.add_node_selector_json(task, made.outputs["labels"])
kubernetes.add_node_affinity_json(task, made.outputs["labels"])
kubernetes.add_toleration_json(task, made.outputs["several"])
kubernetes.set_image_pull_secrets(task, [made.outputs["name"]])
`,
    typescript: () => {
      const made = make();
      use().kubernetes(
        k8s.secretAsEnv({ secretName: made.outputs.name, keyToEnv: { a: "A" } }),
        k8s.pvcMount({ pvcName: made.outputs.name, mountPath: "/p", subPath: "in" }),
        k8s.nodeSelectorJson(made.labels),
        k8s.nodeAffinityJson(made.labels),
        k8s.tolerationJson(made.several),
        k8s.imagePullSecrets(made.outputs.name),
      );
    },
  },
  {
    title: "from outside a loop and a condition",
    python: `
made = make()
with dsl.ParallelFor(["a", "b"]) as item:
    inner = use()
    kubernetes.use_secret_as_env(inner, item, {"a": "A"})
    kubernetes.use_secret_as_volume(inner, name, "/s")
    kubernetes.mount_pvc(inner, made.outputs["name"], "/p")
    with dsl.If(item == "a"):
        deep = use()
        kubernetes.mount_pvc(deep, name, "/p")
        kubernetes.use_config_map_as_env(deep, made.outputs["name"], {"a": "A"})
        kubernetes.add_toleration_json(deep, several)
`,
    typescript: ({ name, several }) => {
      const made = make();
      parallelFor(["a", "b"], (item) => {
        use().kubernetes(
          k8s.secretAsEnv({ secretName: item, keyToEnv: { a: "A" } }),
          k8s.secretAsVolume({ secretName: name, mountPath: "/s" }),
          k8s.pvcMount({ pvcName: made.outputs.name, mountPath: "/p" }),
        );
        when(item.equals("a"), () => {
          use().kubernetes(
            k8s.pvcMount({ pvcName: name, mountPath: "/p" }),
            k8s.configMapAsEnv({ configMapName: made.outputs.name, keyToEnv: { a: "A" } }),
            k8s.tolerationJson(several),
          );
        });
      });
    },
  },
  {
    title: "from items, in loops in loops",
    python: `
with dsl.ParallelFor(["a", "b"]) as outer:
    made = make()
    with dsl.ParallelFor(several) as inner:
        task = use()
        kubernetes.use_secret_as_env(task, outer, {"a": "A"})
        kubernetes.mount_pvc(task, inner, "/q")
        kubernetes.add_node_selector_json(task, made.outputs["labels"])
`,
    typescript: ({ several }) => {
      parallelFor(["a", "b"], (outer) => {
        const made = make();
        parallelFor(several, (inner) => {
          use().kubernetes(
            k8s.secretAsEnv({ secretName: outer, keyToEnv: { a: "A" } }),
            k8s.pvcMount({ pvcName: inner, mountPath: "/q" }),
            k8s.nodeSelectorJson(made.labels),
          );
        });
      });
    },
  },
  {
    title: "from a field of an item, in a branch of the loop",
    python: `
with dsl.ParallelFor([{"secret": "a", "claim": "b"}]) as item:
    with dsl.If(name == "a"):
        task = use()
        kubernetes.use_secret_as_env(task, item.secret, {"a": "A"})
        kubernetes.use_secret_as_volume(task, item.claim, "/p")
`,
    typescript: ({ name }) => {
      parallelFor([{ secret: "a", claim: "b" }], (item) => {
        when(name.equals("a"), () => {
          use().kubernetes(
            k8s.secretAsEnv({ secretName: item.field("secret"), keyToEnv: { a: "A" } }),
            k8s.secretAsVolume({ secretName: item.field("claim"), mountPath: "/p" }),
          );
        });
      });
    },
  },
  {
    title: "in and at the end of an exit handler",
    python: `
exit = use()
kubernetes.use_secret_as_env(exit, name, {"a": "A"})
kubernetes.set_timeout(exit, 20)
with dsl.ExitHandler(exit):
    inner = use()
    kubernetes.use_secret_as_volume(inner, name, "/s")
    made = make()
    kubernetes.mount_pvc(use(), made.outputs["name"], "/p")
`,
    typescript: ({ name }) => {
      const exit = use().kubernetes(k8s.secretAsEnv({ secretName: name, keyToEnv: { a: "A" } }), k8s.timeout(20));
      exitHandler(exit, () => {
        use().kubernetes(k8s.secretAsVolume({ secretName: name, mountPath: "/s" }));
        const made = make();
        use().kubernetes(k8s.pvcMount({ pvcName: made.outputs.name, mountPath: "/p" }));
      });
    },
  },
  {
    title: "in pipelines in pipelines, whose own configuration is left out",
    python: `
task = use()
kubernetes.set_timeout(task, 20)
made = make()
inner(name=name, labels=labels)
inner(name=made.outputs["name"], labels=labels)
`,
    typescript: ({ name, labels }) => {
      const inner = pipeline(
        "inner",
        {
          inputs: { name: string(), labels: struct<Record<string, never>>() },
          kubernetes: k8s.pipelineConfig({ activeDeadlineSeconds: 7 }),
        },
        (given) => {
          use().kubernetes(
            k8s.secretAsEnv({ secretName: given.name, keyToEnv: { a: "A" } }),
            k8s.nodeSelectorJson(given.labels),
          );
        },
      );
      use().kubernetes(k8s.timeout(20));
      const made = make();
      inner({ name, labels });
      inner({ name: made.outputs.name, labels });
    },
  },
  {
    title: "beside options of the whole pipeline",
    python: `
task = use()
kubernetes.set_timeout(task, 20)
`,
    typescript: () => void use().kubernetes(k8s.timeout(20)),
    config: ["dsl.PipelineConfig(active_deadline_seconds=7)", k8s.pipelineConfig({ activeDeadlineSeconds: 7 })],
  },
  {
    title: "a claim is made, mounted and deleted",
    python: `
claim = kubernetes.CreatePVC(access_modes=["ReadWriteOnce"], size="5Mi", pvc_name_suffix="-x", storage_class_name="standard", annotations={"a": "b"}, data_source={"apiGroup": "g", "kind": "k", "name": "n"})
first = use()
kubernetes.mount_pvc(first, claim.outputs["name"], "/p")
second = use()
kubernetes.mount_pvc(second, claim.outputs["name"], "/p")
second.after(first)
kubernetes.DeletePVC(pvc_name=claim.outputs["name"]).after(second)
kubernetes.CreatePVC(access_modes=["ReadWriteOnce"], size="5Mi", pvc_name=name, volume_name="v")
`,
    typescript: ({ name }) => {
      const claim = k8s.createPvc({
        access_modes: ["ReadWriteOnce"],
        size: "5Mi",
        pvc_name_suffix: "-x",
        storage_class_name: "standard",
        annotations: { a: "b" },
        data_source: { apiGroup: "g", kind: "k", name: "n" },
      });
      const first = use().kubernetes(k8s.pvcMount({ pvcName: claim.outputs.name, mountPath: "/p" }));
      const second = use()
        .kubernetes(k8s.pvcMount({ pvcName: claim.outputs.name, mountPath: "/p" }))
        .after(first);
      k8s.deletePvc({ pvc_name: claim.outputs.name }).after(second);
      k8s.createPvc({ access_modes: ["ReadWriteOnce"], size: "5Mi", pvc_name: name, volume_name: "v" });
    },
  },
];

const configs: readonly (readonly [python: string, typescript: k8s.PipelineConfigNode])[] = [
  ["dsl.PipelineConfig()", k8s.pipelineConfig({})],
  ['dsl.PipelineConfig(workspace=dsl.WorkspaceConfig(size="1Gi"))', k8s.pipelineConfig({ workspace: { size: "1Gi" } })],
  [
    'dsl.PipelineConfig(workspace=dsl.WorkspaceConfig("1Gi", dsl.KubernetesWorkspaceConfig({"accessModes": ["a"], "n": {"m": 1}})), active_deadline_seconds=7)',
    k8s.pipelineConfig({
      workspace: { size: "1Gi", pvcSpecPatch: { accessModes: ["a"], n: { m: 1 } } },
      activeDeadlineSeconds: 7,
    }),
  ],
  [
    "dsl.PipelineConfig(ttl_seconds_after_finished=1, ttl_seconds_after_success=2, ttl_seconds_after_failure=2147483647)",
    k8s.pipelineConfig({ ttlSecondsAfterFinished: 1, ttlSecondsAfterSuccess: 2, ttlSecondsAfterFailure: 2147483647 }),
  ],
  [
    "dsl.PipelineConfig(ttl_seconds_after_finished=0, active_deadline_seconds=0)",
    k8s.pipelineConfig({ ttlSecondsAfterFinished: 0, activeDeadlineSeconds: 0 }),
  ],
];

const cases: readonly Case[] = [
  ...Object.entries(options).map(([calls, said]) => ({
    title: calls,
    python: ["task = use()", ...calls.split("; ").map((call) => `kubernetes.${call}`)].join("\n"),
    typescript: (given: Given) => void use().kubernetes(...said(given)),
  })),
  ...values,
  ...configs.map((config) => ({ title: config[0], python: "use()", typescript: () => void use(), config })),
];

describe.runIf(isThere)("beside the real kfp-kubernetes", () => {
  let judged: readonly Judgement[] = [];

  beforeAll(async () => {
    judged = await judge(cases.map((each) => ({ body: each.python, config: each.config?.[0] ?? "None" })));
  }, 120_000);

  test.each(cases.map((each, index) => ({ ...each, index })))("$title", ({ typescript, config, index }) => {
    expect(judged[index]?.error).toBeUndefined();
    expect(compiled(typescript, config?.[1])).toEqual(parts(judged[index]?.documents ?? []));
  });
});
