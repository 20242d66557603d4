import { readFlow } from "../graph/flow/index.ts";
import type { PlatformSpec } from "../ir/platform.ts";
import type { PipelineSpec } from "../ir/types.ts";
import { compareCompiledForms } from "./compare-compiled.ts";
import { comparePipelines } from "./compare-pipelines.ts";
import { compareFields, compareRestOfPipelines } from "./compare-rest.ts";
import { compareSteps } from "./compare-steps.ts";
import type { Diff, Subject } from "./diff.ts";
import { matchFlows } from "./match.ts";
import type { Pair } from "./pair.ts";
import { findReruns } from "./reruns.ts";

export { FlowError, type FlowErrorCode } from "../graph/flow/index.ts";
export type { Aspect, Change, Diff, Rerun, Subject, Verdict } from "./diff.ts";

/** A valid spec, and its options for open-source Kubeflow Pipelines where it has some. */
export interface Side {
  readonly spec: PipelineSpec;
  readonly platform?: PlatformSpec | undefined;
}

/**
 * What has changed from one spec to another, in the author's words, and which tasks will run again. Throws `FlowError`.
 *
 * ```ts
 * const { changes, reruns } = diffSpecs({ spec: before }, { spec: after });
 * const paid = reruns.filter(({ verdict }) => verdict !== "cached");
 * ```
 */
export function diffSpecs(before: Side, after: Side): Diff {
  const flows = { before: readFlow(before.spec), after: readFlow(after.spec) };
  const pair: Pair = {
    ...flows,
    matching: matchFlows(flows.before, flows.after),
    platforms: { before: before.platform, after: after.platform },
  };
  const whole: Subject = { kind: "pipeline", path: "", title: flows.after.name, within: null };
  const changes = [
    ...comparePipelines(pair),
    ...compareRestOfPipelines(before.spec, after.spec, whole),
    ...compareFields(whole, pipelineOptions(before), pipelineOptions(after)),
    ...compareSteps(pair),
  ];
  return {
    changes: changes.length === 0 ? compareCompiledForms(whole, before, after) : changes,
    reruns: findReruns(pair),
  };
}

/** For the whole pipeline. */
function pipelineOptions({ platform }: Side): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(platform?.platforms ?? {}).flatMap(([name, { pipelineConfig = {} }]) =>
      Object.entries(pipelineConfig).map(([option, value]) => [`${name} ${option}`, value]),
    ),
  );
}
