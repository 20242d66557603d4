import type { Flow, Step } from "../../../specs/graph/flow/index.ts";
import { iterationsOf } from "./iterations.ts";
import type { PulledTask } from "./pulled-job.ts";

/**
 * A task of a job, and the step of the spec that it ran. Its place names all that is around it, with the iterations:
 * `prepare.for-loop-1[2].train`.
 */
export interface Placed {
  readonly place: string;
  readonly step: Step;
  readonly task: PulledTask;
  readonly turns: Turns;
}

/** Which iteration of each loop around, by the path of the loop. */
export type Turns = ReadonlyMap<string, number>;

export interface Places {
  readonly byPlace: ReadonlyMap<string, Placed>;
  /** Iterations that have begun, by the place of their loop; null where what is told doesn't say which is which. */
  readonly iterations: ReadonlyMap<string, readonly number[] | null>;
}

/**
 * Finds out which step of the spec each task of a job ran. Vertex tells names and the task around; what that doesn't
 * settle, such as two tasks of one display name, has no place.
 */
export function placeTasks(flow: Flow, tasks: readonly PulledTask[]): Places {
  const byPlace = new Map<string, Placed>();
  const iterations = new Map<string, readonly number[] | null>();
  const children = Map.groupBy(tasks, ({ parent }) => parent);
  const inside = (task: PulledTask) => children.get(task.id) ?? [];

  const visit = (details: readonly PulledTask[], steps: readonly Step[], prefix: string, turns: Turns): void => {
    for (const step of steps) {
      const task = taskOf(step, steps, details);
      if (task === undefined) continue;
      const place = placeIn(prefix, step);
      byPlace.set(place, { place, step, task, turns });
      if (!isLoop(step)) {
        if (step.kind === "group") visit(inside(task), step.steps, place, turns);
        continue;
      }
      const found = iterationsOf(step, task, inside(task));
      iterations.set(place, found === null ? null : [...found.keys()].sort((one, other) => one - other));
      for (const [index, turn] of found ?? []) {
        const inLoop = `${place}[${index}]`;
        const within = new Map([...turns, [step.path, index]]);
        byPlace.set(inLoop, { place: inLoop, step, task: turn, turns: within });
        if (step.kind === "group") visit(inside(turn), step.steps, inLoop, within);
      }
    }
  };
  visit(outermost(flow, children), flow.steps, "", new Map());
  return { byPlace, iterations };
}

export function isLoop({ spec }: Step): boolean {
  return spec.parameterIterator !== undefined || spec.artifactIterator !== undefined;
}

export function placeIn(prefix: string, { name }: Pick<Step, "name">): string {
  return prefix === "" ? name : `${prefix}.${name}`;
}

/** The job's own task is at the top; where it isn't told, the pipeline's are. */
function outermost(flow: Flow, children: ReadonlyMap<string | null, readonly PulledTask[]>): readonly PulledTask[] {
  const top = children.get(null) ?? [];
  const [root, ...others] = top;
  const isStep = flow.steps.some(({ name, title }) => root?.name === name || root?.name === title);
  return root !== undefined && others.length === 0 && !isStep ? (children.get(root.id) ?? []) : top;
}

/**
 * By the name that it has in the spec, or that people see: one that no other step beside it goes by. Of several tries of
 * the pipeline around it, the last.
 */
function taskOf(step: Step, siblings: readonly Step[], details: readonly PulledTask[]): PulledTask | undefined {
  const others = new Set(siblings.filter((other) => other !== step).flatMap(({ name, title }) => [name, title]));
  const own = [step.name, step.title].filter((name) => !others.has(name));
  return details
    .filter(({ name }) => own.includes(name))
    .sort((one, other) => ((one.createTime ?? "") < (other.createTime ?? "") ? -1 : 1))
    .at(-1);
}
