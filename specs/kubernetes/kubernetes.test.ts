import { expect, test } from "vitest";
import { internals } from "../builders/values.ts";
import { SpecError } from "../error.ts";
import { type KubernetesNode, type KubernetesOption, marker } from "../nodes/index.ts";
import {
  configMapAsEnv,
  emptyDirMount,
  ephemeralVolume,
  imagePullPolicy,
  imagePullSecrets,
  initContainer,
  nodeAffinity,
  nodeAffinityJson,
  nodeSelector,
  nodeSelectorJson,
  pipelineConfig,
  podAnnotations,
  podLabels,
  pvcMount,
  secretAsEnv,
  secretAsVolume,
  securityContext,
  sharedMemory,
  type Text,
  timeout,
  toleration,
  tolerationJson,
} from "./index.ts";

/** What a task has that is told these options. */
function configured(...options: readonly KubernetesOption[]): KubernetesNode {
  return options.reduce<KubernetesNode>((config, option) => option.apply(config), {});
}

/** A text that only the run knows. */
const node = { kind: "pipeline-input", name: "secret" } as const;
const known = { kind: "string", [internals]: { node } } as unknown as Exclude<Text, string>;

test("an option that a task can have several of adds to those before", () => {
  const config = configured(
    secretAsEnv({ secretName: "a", keyToEnv: { token: "TOKEN" } }),
    secretAsEnv({ secretName: "b", keyToEnv: { key: "KEY" }, optional: true }),
    imagePullSecrets("registry", "mirror"),
    toleration({ key: "gpu", operator: "Exists", effect: "NoSchedule" }),
    tolerationJson([{ operator: "Exists", effect: "NoExecute", tolerationSeconds: 10 }]),
  );
  expect(config).toEqual({
    secretAsEnv: [
      {
        secretName: "a",
        secretNameParameter: { runtimeValue: { constant: "a" } },
        keyToEnv: [{ secretKey: "token", envVar: "TOKEN" }],
        optional: false,
      },
      {
        secretName: "b",
        secretNameParameter: { runtimeValue: { constant: "b" } },
        keyToEnv: [{ secretKey: "key", envVar: "KEY" }],
        optional: true,
      },
    ],
    imagePullSecret: [
      { secretName: "registry", secretNameParameter: { runtimeValue: { constant: "registry" } } },
      { secretName: "mirror", secretNameParameter: { runtimeValue: { constant: "mirror" } } },
    ],
    tolerations: [
      { key: "gpu", operator: "Exists", effect: "NoSchedule" },
      { operator: "Exists", effect: "NoExecute", tolerationSeconds: "10" },
    ],
  });
});

test("labels, annotations and the security context are merged by key", () => {
  const config = configured(
    nodeSelector({ zone: "a", disk: "ssd" }),
    nodeSelector({ zone: "b" }),
    podLabels({ team: "x" }),
    podAnnotations({ note: "1" }),
    podLabels({ team: "y", tier: "gold" }),
    securityContext({ runAsUser: 0, runAsNonRoot: false }),
    securityContext({ runAsUser: 1000, runAsGroup: 7 }),
  );
  expect(config).toEqual({
    nodeSelector: { labels: { zone: "b", disk: "ssd" } },
    podMetadata: { labels: { team: "y", tier: "gold" }, annotations: { note: "1" } },
    securityContext: { runAsUser: "1000", runAsGroup: "7", runAsNonRoot: false },
  });
});

test("of options that a task has one of, the last holds", () => {
  const config = configured(
    imagePullPolicy("Always"),
    imagePullPolicy("Never"),
    sharedMemory(),
    sharedMemory({ size: "2Gi" }),
    nodeSelectorJson({ a: "1" }),
    nodeSelectorJson({ b: "2" }),
    nodeAffinityJson({}),
    nodeAffinity({ matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }], weight: 50 }),
    nodeAffinityJson({ requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } }),
    timeout(20),
    timeout(30),
  );
  expect(config).toEqual({
    imagePullPolicy: "Never",
    enabledSharedMemory: { volumeName: "shm", size: "2Gi" },
    nodeSelector: { nodeSelectorJson: { runtimeValue: { constant: { b: "2" } } } },
    nodeAffinity: [
      { matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }], weight: 50 },
      {
        nodeAffinityJson: {
          runtimeValue: { constant: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
        },
      },
    ],
    activeDeadlineSeconds: "30",
  });
  expect(configured(timeout(20), timeout(0))).toEqual({});
});

test("a name that only the run knows stays a reference", () => {
  const reference = { kind: "run-time-value", value: node };
  expect(
    configured(
      secretAsVolume({ secretName: known, mountPath: "/secret" }),
      configMapAsEnv({ configMapName: known, keyToEnv: { a: "A" } }),
      pvcMount({ pvcName: known, mountPath: "/data", subPath: "in" }),
      pvcMount({ pvcName: "claim", mountPath: "/more" }),
    ),
  ).toEqual({
    secretAsVolume: [{ secretNameParameter: reference, mountPath: "/secret", optional: false }],
    configMapAsEnv: [
      { configMapNameParameter: reference, keyToEnv: [{ configMapKey: "a", envVar: "A" }], optional: false },
    ],
    pvcMount: [
      { ...reference, beside: { pvcNameParameter: reference, mountPath: "/data", subPath: "in" } },
      { constant: "claim", pvcNameParameter: { runtimeValue: { constant: "claim" } }, mountPath: "/more" },
    ],
  });
});

test("an ephemeral volume says that it takes the default storage class, or names another", () => {
  const volume = { volumeName: "scratch", mountPath: "/scratch", accessModes: ["ReadWriteOnce"], size: "5Gi" } as const;
  expect(
    configured(ephemeralVolume(volume), ephemeralVolume({ ...volume, storageClassName: "fast", labels: { a: "b" } })),
  ).toEqual({
    genericEphemeralVolume: [
      { ...volume, defaultStorageClass: true },
      { ...volume, storageClassName: "fast", metadata: { labels: { a: "b" } } },
    ],
  });
});

test("what is told cannot change any more, and the author's own objects still can", () => {
  const env = { A: "1" };
  const before = configured(timeout(20));
  const config = initContainer({ name: "first", image: "busybox", env }).apply(before);
  expect(before).toEqual({ activeDeadlineSeconds: "20" });
  expect(Object.isFrozen(config["initContainers"])).toBe(true);
  env.A = "2";
  expect(config["initContainers"]).toEqual([{ name: "first", image: "busybox", env: [{ name: "A", value: "1" }] }]);
});

test("a pipeline's options leave out what is 0", () => {
  expect(pipelineConfig({ ttlSecondsAfterFinished: 60, ttlSecondsAfterFailure: 0 })).toEqual({
    resourceTtlOnCompletion: 60,
  });
  expect(pipelineConfig({ workspace: { size: "1Gi" } })).toEqual({
    workspace: { size: "1Gi", kubernetes: { pvcSpecPatch: {} } },
  });
  expect(pipelineConfig({})).toEqual({});
});

test.each([
  ["an empty name", () => secretAsVolume({ secretName: " ", mountPath: "/a" })],
  ["no variable", () => secretAsEnv({ secretName: "a", keyToEnv: {} })],
  ["a size that is none", () => emptyDirMount({ volumeName: "a", mountPath: "/a", sizeLimit: "5 GB" })],
  ["a negative time", () => timeout(-1)],
  ["half a user", () => securityContext({ runAsUser: 0.5 })],
  ["a security context that says nothing", () => securityContext({})],
  ["a weight above 100", () => nodeAffinity({ matchFields: [{ key: "a", operator: "Exists" }], weight: 101 })],
  ["an affinity to no node", () => nodeAffinity({})],
  ["In without values", () => nodeAffinity({ matchExpressions: [{ key: "a", operator: "In", values: [] }] })],
  ["Kubeflow's own container", () => initContainer({ name: "kfp-launcher", image: "a" })],
  ["a relative path", () => initContainer({ name: "a", image: "a", volumeMounts: { data: "data" } })],
  ["a workspace without a size", () => pipelineConfig({ workspace: { size: "" } })],
  ["more seconds than 32 bits hold", () => pipelineConfig({ activeDeadlineSeconds: 2 ** 31 })],
  [
    "a second container of the same name",
    () => configured(initContainer({ name: "a", image: "a" }), initContainer({ name: "a", image: "b" })),
  ],
  ["a part of a text", () => configured(secretAsVolume({ secretName: `${marker(0)}-suffix`, mountPath: "/a" }))],
])("refused: %s", (_, make) => {
  expect(make).toThrow(SpecError);
  expect(make).toThrow(expect.objectContaining({ code: "invalid-value" }));
});
