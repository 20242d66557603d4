import { SpecError } from "../error.ts";
import type { Condition } from "./conditions.ts";
import { checkReachable, currentScope, inside, type Scope } from "./scope.ts";

/**
 * Runs the tasks of `body` when the condition holds. What they make can be used inside the branch only:
 * outside it, nothing says that it exists.
 *
 * ```ts
 * when(champion.isPresent(), () => {
 *   evaluate({ model: importer(Model, { uri: champion }), data });
 * });
 * ```
 */
export function when(condition: Condition, body: () => void): void {
  const around = currentScope("when(…)");
  const { trace } = around;
  for (const value of condition.values) checkReachable(value, around, { task: "when" });
  const scope: Scope = { trace, parent: around, steps: [] };
  around.steps.push({ id: trace.nextId++, condition: condition.node, scope });
  inside(scope, body);
  if (scope.steps.length === 0) {
    throw new SpecError("empty", "when(…) has no task in it.", { pipeline: trace.pipeline });
  }
}
