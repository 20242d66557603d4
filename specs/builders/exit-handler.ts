import { here } from "../origin.ts";
import { currentScope, type ExitHandlerStep, inside, mistake, openScope } from "./scope.ts";
import { type AnyTask, taskId, taskTrace } from "./task-methods.ts";

/**
 * Runs the tasks of `body`, and then `exit`, whatever became of them. An input of `exit` that is
 * `taskFinalStatus()` tells it what became of them. It takes nothing from other tasks.
 *
 * ```ts
 * exitHandler(notify({ channel: "#training" }), () => {
 *   train({ data });
 * });
 * ```
 */
export function exitHandler(exit: AnyTask, body: () => void, { name }: { readonly name?: string } = {}): AnyTask {
  const around = currentScope("exitHandler(…)");
  const { trace } = around;
  if (around.parent !== null) {
    throw mistake(around, "unsupported", "an exit handler stands in the pipeline itself, not in a branch or loop.");
  }
  const task = trace.tasks.get(exit[taskId]);
  if (exit[taskTrace] !== trace.serial || task === undefined || !around.steps.includes(task.id)) {
    throw mistake(around, "unreachable", "the task that an exit handler ends with belongs to the pipeline itself.");
  }
  const origin = here();
  const scope = openScope(around, "exit handler");
  const { id } = scope.group;
  const shown = name === undefined ? {} : { displayName: name };
  const step: ExitHandlerStep = { kind: "exit-handler", id, origin, ...shown, exit: task.id, scope };
  around.steps.push(step);
  inside(scope, body);
  if (scope.steps.length === 0) throw mistake(around, "empty", "an exit handler has no task in it.");
  return Object.freeze({ [taskId]: id, [taskTrace]: trace.serial });
}
