import { isFinal } from "../../pipeline-jobs/records.ts";
import { type Look, lookOf } from "../state.ts";
import type { LoopSizeOf } from "./loop-sizes.ts";
import type { TaskNode, TaskTree } from "./task-tree.ts";

/** How a step of the picture stands: of one in a loop all its tasks together. */
export interface StepState {
  readonly look: Look;
  /** `3/8`: how many have ended, of how many; of a single task `try 2`, from the second on. */
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

export function stepStates({ byStep }: TaskTree, loopSizeOf: LoopSizeOf): Readonly<Record<string, StepState>> {
  const steps = [...byStep].filter(([step]) => step !== "");
  return Object.fromEntries(steps.map(([step, nodes]) => [step, stateOf(nodes, loopSizeOf)]));
}

function stateOf(nodes: readonly TaskNode[], loopSizeOf: LoopSizeOf): StepState {
  const iterations = nodes.flatMap(({ children }) => children.filter(({ iteration }) => iteration !== null));
  const counted = iterations.length > 0 ? iterations : nodes;
  const sizes = nodes.map(({ step, record }) => loopSizeOf(step, record.inputs));
  const all = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const total = Math.max(counted.length, all);
  const ended = counted.filter(({ record }) => isFinal(record.state)).length;
  const found = new Set(nodes.map(({ record }) => lookOf(record.state)));
  return {
    look: order.find((look) => found.has(look)) ?? "pending",
    count: total > 1 ? `${ended}/${total}` : tryOf(nodes),
  };
}

function tryOf([node]: readonly TaskNode[]): string | null {
  const { attempt = 1 } = node?.record ?? {};
  return attempt > 1 ? `try ${attempt}` : null;
}
