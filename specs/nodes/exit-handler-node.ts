import type { Origin } from "../origin.ts";
import type { StepNode } from "./step-node.ts";
import type { TaskNode } from "./task-node.ts";

/** Steps after which a task runs, whatever became of them. */
export interface ExitHandlerNode {
  readonly kind: "exit-handler";
  readonly id: number;
  readonly origin: Origin;
  readonly displayName?: string;
  readonly exit: TaskNode;
  readonly steps: readonly StepNode[];
}
