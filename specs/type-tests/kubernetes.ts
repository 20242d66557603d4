import { container, int, list, Model, pipeline, string, struct } from "../index.ts";
import {
  createPvc,
  deletePvc,
  emptyDirMount,
  ephemeralVolume,
  imagePullPolicy,
  imagePullSecrets,
  initContainer,
  nodeAffinity,
  nodeAffinityJson,
  nodeSelectorJson,
  pipelineConfig,
  podAffinity,
  podLabels,
  pvcMount,
  secretAsEnv,
  secretAsVolume,
  securityContext,
  timeout,
  toleration,
  tolerationJson,
} from "../kubernetes/index.ts";

/** What must not compile; `tsc` checks it. Nothing here runs. */

const train = container("train", { image: "trainer", outputs: { secret: string(), steps: int(), model: Model } });

export function kubernetes(): void {
  pipeline(
    "kubernetes",
    {
      inputs: { name: string(), count: int(), selector: struct<Record<string, string>>(), several: list() },
      kubernetes: pipelineConfig({ workspace: { size: "1Gi", pvcSpecPatch: { accessModes: ["ReadWriteOnce"] } } }),
    },
    ({ name, count, selector, several }) => {
      const before = train();
      const claim = createPvc({ access_modes: ["ReadWriteOnce"], size: "5Gi", pvc_name_suffix: "-data" });

      // Right.
      const task = train().kubernetes(
        secretAsEnv({ secretName: name, keyToEnv: { token: "TOKEN" } }),
        secretAsVolume({ secretName: before.secret, mountPath: "/secret", optional: true }),
        pvcMount({ pvcName: claim.name, mountPath: "/data" }),
        imagePullSecrets("registry", name),
        nodeSelectorJson(selector),
        nodeAffinityJson(selector),
        tolerationJson(several),
        tolerationJson(selector),
        toleration({ operator: "Exists" }),
        toleration({ key: "a", value: "b", effect: "NoExecute", tolerationSeconds: 10 }),
      );
      deletePvc({ pvc_name: claim.name }).after(task);

      // @ts-expect-error A Secret has a name.
      secretAsEnv({ keyToEnv: { token: "TOKEN" } });
      // @ts-expect-error It is keyToEnv.
      secretAsEnv({ secretName: "a", keysToEnv: { token: "TOKEN" } });
      // @ts-expect-error An int is no name.
      secretAsEnv({ secretName: count, keyToEnv: { token: "TOKEN" } });
      // @ts-expect-error An artifact is no name.
      secretAsVolume({ secretName: before.model, mountPath: "/secret" });
      // @ts-expect-error A path is known when the pipeline is written.
      secretAsVolume({ secretName: "a", mountPath: name });
      // @ts-expect-error A task is none of its outputs.
      pvcMount({ pvcName: claim, mountPath: "/data" });
      // @ts-expect-error There is no such access mode.
      createPvc({ access_modes: ["ReadWrite"], size: "5Gi" });
      // @ts-expect-error A volume has a size.
      ephemeralVolume({ volumeName: "a", mountPath: "/a", accessModes: ["ReadWriteOnce"] });
      // @ts-expect-error There is no such medium.
      emptyDirMount({ volumeName: "a", mountPath: "/a", medium: "Disk" });
      // @ts-expect-error There is no such policy.
      imagePullPolicy("Sometimes");
      // @ts-expect-error At least one.
      imagePullSecrets();
      // @ts-expect-error A text is no selector.
      nodeSelectorJson(name);
      // @ts-expect-error A list is no selector.
      nodeSelectorJson(several);
      // @ts-expect-error A pod's field, misspelled.
      nodeAffinityJson({ requiredDuringScheduling: { nodeSelectorTerms: [] } });
      // @ts-expect-error In takes values.
      nodeAffinity({ matchExpressions: [{ key: "zone", operator: "In" }] });
      // @ts-expect-error Exists takes none.
      nodeAffinity({ matchExpressions: [{ key: "zone", operator: "Exists", values: ["a"] }] });
      // @ts-expect-error Pods are not compared by size.
      podAffinity({ topologyKey: "zone", matchPodExpressions: [{ key: "size", operator: "Gt", values: ["1"] }] });
      // @ts-expect-error Where is a place?
      podAffinity({ matchPodLabels: { app: "x" } });
      // @ts-expect-error A label is a text.
      podLabels({ version: 3 });
      // @ts-expect-error Equal needs a key.
      toleration({ operator: "Equal", value: "a" });
      // @ts-expect-error Exists takes no value.
      toleration({ key: "a", operator: "Exists", value: "b" });
      // @ts-expect-error Only NoExecute has seconds.
      toleration({ key: "a", effect: "NoSchedule", tolerationSeconds: 10 });
      // @ts-expect-error An int is no toleration.
      tolerationJson(count);
      // @ts-expect-error Seconds are known when the pipeline is written.
      timeout(count);
      // @ts-expect-error A user is a number.
      securityContext({ runAsUser: "root" });
      // @ts-expect-error It can only be Always.
      initContainer({ name: "a", image: "a", restartPolicy: "Never" });
      // @ts-expect-error A workspace has a size.
      pipelineConfig({ workspace: { pvcSpecPatch: {} } });
      // @ts-expect-error It is in seconds.
      pipelineConfig({ ttlSecondsAfterFinished: "60" });
      // @ts-expect-error What a component makes is no option.
      train().kubernetes(claim);
    },
  );
}
