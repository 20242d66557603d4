import { SpecError } from "../error.ts";
import type { PipelineNode } from "../nodes/index.ts";
import { nowhere } from "../origin.ts";
import { isTask } from "./channels.ts";
import type { Groups } from "./groups.ts";

/** Only `after` can close a circle. Throws `SpecError`. */
export function refuseCycles(pipeline: PipelineNode, { all }: Groups): void {
  for (const group of all) {
    const steps = new Map([...group.groups, ...group.tasks].map((step) => [step.name, step]));
    const state = new Map<string, "open" | "done">();
    for (const start of steps.keys()) {
      const path: { readonly name: string; readonly next: Iterator<string> }[] = [];
      enter(start);
      for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
        const next = top.next.next();
        if (!next.done) {
          enter(next.value);
        } else {
          state.set(top.name, "done");
          path.pop();
        }
      }

      function enter(name: string): void {
        const step = steps.get(name);
        if (step === undefined || state.get(name) === "done") return;
        if (state.get(name) === "open") {
          const names = path.map((each) => each.name);
          const circle = [...names.slice(names.indexOf(name)), name].join(" → ");
          const origin = isTask(step) ? step.node.origin : nowhere;
          throw new SpecError("cycle", `waits for itself: ${circle}.`, { pipeline: pipeline.name, task: name }, origin);
        }
        state.set(name, "open");
        path.push({ name, next: step.dependencies.values() });
      }
    }
  }
}
