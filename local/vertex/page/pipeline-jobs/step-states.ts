import { isFinal } from "../../pipeline-jobs/records.ts";
import { type Look, lookOf } from "../state.ts";
import type { LoopSizeOf } from "./loop-sizes.ts";
import type { TaskNode, TaskTree } from "./task-tree.ts";

/** How a step of the picture stands: of one in a loop all its tasks together. */
export interface StepState {
  readonly look: Look;
  /** `3/8`: how many have ended, of how many; `#2` for one iteration; of a single task `try 2`, from the second on. */
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

/** @param chosen of a task in an iteration of a loop: that iteration alone is shown of the loop */
export function stepStates(
  { byStep }: TaskTree,
  loopSizeOf: LoopSizeOf,
  chosen: TaskNode | null = null,
): Readonly<Record<string, StepState>> {
  const shown = new Map(
    chosen === null ? [] : iterationsAround(chosen).map((iteration) => [iteration.step, iteration]),
  );
  const states = [...byStep].flatMap(([step, nodes]): readonly (readonly [string, StepState])[] => {
    if (step === "") return [];
    const iteration = shown.get(step);
    if (iteration !== undefined) return [[step, iterationState(iteration)]];
    const beside = nodes.filter((node) => iterationsAround(node).every((one) => (shown.get(one.step) ?? one) === one));
    return beside.length === 0 ? [] : [[step, stateOf(beside, loopSizeOf)]];
  });
  return Object.fromEntries(states);
}

/** Of the loops around a task, the outermost first; of an iteration its own, too. */
export function iterationsAround(node: TaskNode | null): readonly TaskNode[] {
  const found: TaskNode[] = [];
  for (let around = node; around !== null; around = around.parent) {
    if (around.iteration !== null) found.unshift(around);
  }
  return found;
}

function iterationState({ record, iteration }: TaskNode): StepState {
  return { look: lookOf(record.state), count: `#${iteration}` };
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
