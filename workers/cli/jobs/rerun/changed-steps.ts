import { allSteps, readFlow, type Step } from "../../../../specs/graph/flow/index.ts";
import { canonicalJson } from "../../../../specs/ir/canonical-json.ts";
import type { PipelineSpec } from "../../../../specs/ir/types.ts";

/** Paths of the steps that do something else than in the job, or take it from elsewhere: their results are no longer theirs. */
export function changedSteps(ran: PipelineSpec, edited: PipelineSpec): ReadonlySet<string> {
  const before = readFlow(ran).byPath;
  const changed = [...allSteps(readFlow(edited).steps)].filter((step) => {
    const same = before.get(step.path);
    return same === undefined || whatItDoes(same) !== whatItDoes(step);
  });
  return new Set(changed.map(({ path }) => path));
}

/** Of a loop, branch or pipeline inside only what is its own: the steps in it are looked at by themselves. */
function whatItDoes(step: Step): string {
  const { inputs, dependentTasks, parameterIterator, artifactIterator, triggerPolicy } = step.spec;
  const around = { inputs, dependentTasks, parameterIterator, artifactIterator, triggerPolicy };
  if (step.kind === "group") return canonicalJson({ ...around, outputs: step.component.dag?.outputs });
  const { executorLabel: _, ...component } = step.component;
  return canonicalJson({ ...around, component, executor: step.executor });
}
