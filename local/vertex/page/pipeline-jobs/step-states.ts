import { isFinal } from "../../pipeline-jobs/records.ts";
import { type Look, lookOf } from "../state.ts";
import type { TaskNode, TaskTree } from "./task-tree.ts";

/** How a step of the picture stands: of one in a loop all its tasks together. */
export interface StepState {
  readonly look: Look;
  /** `3/8`: how many have ended, where there are several. */
  readonly count: string | null;
}

/** The first that any of them has. */
const order: readonly Look[] = [
  "cancelling",
  "failed",
  "running",
  "pending",
  "cancelled",
  "succeeded",
  "cached",
  "not-triggered",
];

export function stepStates({ byStep }: TaskTree): Readonly<Record<string, StepState>> {
  return Object.fromEntries([...byStep].filter(([step]) => step !== "").map(([step, nodes]) => [step, stateOf(nodes)]));
}

function stateOf(nodes: readonly TaskNode[]): StepState {
  const iterations = nodes.flatMap(({ children }) => children.filter(({ iteration }) => iteration !== null));
  const counted = iterations.length > 0 ? iterations : nodes;
  const ended = counted.filter(({ record }) => isFinal(record.state)).length;
  const found = new Set(nodes.map(({ record }) => lookOf(record.state)));
  return {
    look: order.find((look) => found.has(look)) ?? "pending",
    count: counted.length > 1 ? `${ended}/${counted.length}` : null,
  };
}
