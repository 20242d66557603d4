import type { PipelineConfigJson } from "../ir/generated/pipeline_spec_pb.js";
import type { JsonValue } from "../nodes/index.ts";
import { quantity, wholeNumber } from "./checks.ts";
import { defined, settled } from "./option.ts";

export interface PipelineConfigOptions {
  /** A volume that all tasks of a run share. */
  readonly workspace?: WorkspaceOptions;
  /** Seconds after its end that a run's workflow stays in the cluster. */
  readonly ttlSecondsAfterFinished?: number;
  /** The same for a run that succeeded, before `ttlSecondsAfterFinished`. */
  readonly ttlSecondsAfterSuccess?: number;
  /** The same for a run that failed, before `ttlSecondsAfterFinished`. */
  readonly ttlSecondsAfterFailure?: number;
  /** Seconds after which a run is stopped. */
  readonly activeDeadlineSeconds?: number;
}

export interface WorkspaceOptions {
  /** Such as `10Gi`. */
  readonly size: string;
  /**
   * Fields of the claim's spec in place of the installation's: `{ storageClassName: "standard" }`.
   * https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/#PersistentVolumeClaimSpec
   */
  readonly pvcSpecPatch?: Readonly<Record<string, JsonValue>>;
}

/** A whole pipeline's options for open-source Kubeflow Pipelines, as the platform document has them. */
export type PipelineConfigNode = Readonly<Record<string, JsonValue>>;

/**
 * A whole pipeline's options for open-source Kubeflow Pipelines. A number of seconds that is 0 counts as left out.
 * https://kubeflow-pipelines.readthedocs.io/en/latest/source/dsl.html#kfp.dsl.PipelineConfig
 *
 * ```ts
 * pipeline("train", { inputs, kubernetes: pipelineConfig({ workspace: { size: "10Gi" } }) }, () => { … });
 * ```
 */
export function pipelineConfig(options: PipelineConfigOptions): PipelineConfigNode {
  const config: PipelineConfigJson = defined({
    workspace: workspace(options.workspace),
    resourceTtlOnCompletion: seconds(options, "ttlSecondsAfterFinished"),
    resourceTtlOnSuccess: seconds(options, "ttlSecondsAfterSuccess"),
    resourceTtlOnFailure: seconds(options, "ttlSecondsAfterFailure"),
    activeDeadlineSeconds: seconds(options, "activeDeadlineSeconds"),
  });
  return settled(config) as PipelineConfigNode;
}

function workspace(options: WorkspaceOptions | undefined): PipelineConfigJson["workspace"] {
  if (options === undefined) return undefined;
  const { size, pvcSpecPatch = {} } = options;
  return { size: quantity(size, "workspace.size"), kubernetes: { pvcSpecPatch: { ...pvcSpecPatch } as never } };
}

function seconds(
  options: PipelineConfigOptions,
  name: Exclude<keyof PipelineConfigOptions, "workspace">,
): number | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  return wholeNumber(value, name, { most: 2 ** 31 - 1 }) || undefined;
}
