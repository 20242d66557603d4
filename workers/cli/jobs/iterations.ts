import { isDeepStrictEqual } from "node:util";
import type { Step } from "../../../specs/graph/flow/index.ts";
import type { PulledTask } from "./pulled-job.ts";

/**
 * The iterations among the tasks in a loop, by index; null where nothing says which is which. Their names say it,
 * `for-loop-1-0`, or else the items that they have, where no two items are the same.
 */
export function iterationsOf(
  step: Step,
  loop: PulledTask,
  inside: readonly PulledTask[],
): ReadonlyMap<number, PulledTask> | null {
  return byName(step, inside) ?? byItem(step, loop, inside);
}

function byName(step: Step, inside: readonly PulledTask[]): ReadonlyMap<number, PulledTask> | null {
  return indexed(inside, (task) => {
    const name = [step.title, step.name].find((each) => task.name.startsWith(`${each}-`));
    const [, index] = /^-(\d+)$/.exec(name === undefined ? "" : task.name.slice(name.length)) ?? [];
    return index === undefined ? -1 : Number(index);
  });
}

function byItem(
  { spec }: Step,
  loop: PulledTask,
  inside: readonly PulledTask[],
): ReadonlyMap<number, PulledTask> | null {
  const { parameterIterator, artifactIterator } = spec;
  if (parameterIterator !== undefined) {
    const { items, itemInput = "" } = parameterIterator;
    const list = asJson(items?.raw ?? loop.inputs.parameters[items?.inputParameter ?? ""]);
    if (!Array.isArray(list)) return null;
    return indexed(inside, ({ inputs }) => onlyIndex(list, asJson(inputs.parameters[itemInput])));
  }
  if (artifactIterator === undefined) return null;
  const { items, itemInput = "" } = artifactIterator;
  const names = loop.inputs.artifacts[items?.inputArtifact ?? ""]?.map(({ name }) => name) ?? [];
  return indexed(inside, ({ inputs }) => onlyIndex(names, inputs.artifacts[itemInput]?.[0]?.name));
}

/** Null where a task has no index, or one that another has. */
function indexed(
  tasks: readonly PulledTask[],
  indexOf: (task: PulledTask) => number,
): ReadonlyMap<number, PulledTask> | null {
  const found = new Map<number, PulledTask>();
  for (const task of tasks) {
    const index = indexOf(task);
    if (index < 0 || found.has(index)) return null;
    found.set(index, task);
  }
  return found;
}

function onlyIndex(list: readonly unknown[], item: unknown): number {
  const same = list.flatMap((each, index) => (isDeepStrictEqual(asJson(each), item) ? [index] : []));
  return item === undefined || same.length !== 1 ? -1 : (same[0] ?? -1);
}

/** Lists and structs are kept as text in places. */
function asJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}
