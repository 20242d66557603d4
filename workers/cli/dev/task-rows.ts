import { allTasks, readFlow } from "../../../specs/graph/flow/index.ts";
import type { PipelineSpec } from "../../../specs/ir/types.ts";
import { orderOf, waitsOf } from "../../../specs/testing/waits.ts";

export type RowState = "pending" | "running" | "done" | "cached" | "failed" | "cancelled" | "not-run";

/** What is seen of a task: of all its iterations, where it is in a loop. */
export interface TaskRow {
  readonly name: string;
  readonly state: RowState;
  /** Of the job's tasks: how many there are by now, and how many of them have ended. */
  readonly count: number;
  readonly ended: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Output parameters, where there is one iteration. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What it, or the first iteration that did, failed with. */
  readonly error: string | null;
}

/** A task of a job, as Vertex reports it. */
export interface SeenTask {
  /** Names of the tasks around it and its own, joined by dots. */
  readonly path: string;
  readonly state: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly error: string | null;
}

/** The tasks of a spec, in the order in which they run: what Vertex calls them, and what their author does. */
export function tasksOfSpec(spec: PipelineSpec): readonly { readonly path: string; readonly name: string }[] {
  const flow = readFlow(spec);
  const titles = new Map([...allTasks(flow.steps)].map((task) => [task.path, titleOf(task.path)]));
  return orderOf(waitsOf(flow)).map((path) => ({ path: joined(path), name: titles.get(path) ?? path }));

  function steps(path: string) {
    const keys = path.split("/");
    return keys.flatMap((_, index) => flow.byPath.get(keys.slice(0, index + 1).join("/")) ?? []);
  }

  function joined(path: string): string {
    return steps(path)
      .map(({ title }) => title)
      .join(".");
  }

  function titleOf(path: string): string {
    return steps(path)
      .filter((step) => step.kind === "task" || step.role === "pipeline")
      .map(({ title }) => title)
      .join(" › ");
  }
}

/** @param over whether the job has ended: what has not run by then never will */
export function rowsOf(
  tasks: ReturnType<typeof tasksOfSpec>,
  seen: readonly SeenTask[],
  over: boolean,
): readonly TaskRow[] {
  return tasks.map(({ path, name }) => {
    const own = seen.filter((task) => task.path === path);
    const ended = own.filter(({ state }) => final.has(state));
    const [only, ...more] = own;
    const times = (key: "startedAt" | "endedAt") => own.flatMap((task) => task[key] ?? []);
    return {
      name,
      state: stateOf(own, over),
      count: own.length,
      ended: ended.length,
      startedAt: times("startedAt").length === 0 ? null : Math.min(...times("startedAt")),
      endedAt: ended.length < own.length || ended.length === 0 ? null : Math.max(...times("endedAt")),
      outputs: only !== undefined && more.length === 0 ? only.outputs : {},
      error: own.find(({ state }) => state === "FAILED")?.error ?? null,
    };
  });
}

const final = new Set(["SUCCEEDED", "SKIPPED", "FAILED", "CANCELLED", "NOT_TRIGGERED"]);

function stateOf(tasks: readonly SeenTask[], over: boolean): RowState {
  const states = new Set(tasks.map(({ state }) => state));
  if (states.has("FAILED")) return "failed";
  if (states.has("CANCELLED")) return "cancelled";
  if (states.size === 0 || [...states].every((state) => state === "PENDING")) return over ? "not-run" : "pending";
  if ([...states].some((state) => !final.has(state))) return "running";
  if (states.has("SUCCEEDED")) return "done";
  return states.has("SKIPPED") ? "cached" : "not-run";
}
