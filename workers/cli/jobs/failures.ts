import { type Flow, readFlow } from "../../../specs/graph/flow/index.ts";
import { type Places, placeTasks } from "./places.ts";
import type { PulledJob, PulledTask } from "./pulled-job.ts";

/** A task that failed by itself, not because of what is in it. */
export interface Failure {
  readonly task: PulledTask;
  /** With the pipelines and iterations around it. */
  readonly place: string;
}

export interface JobView {
  readonly job: PulledJob;
  readonly flow: Flow;
  readonly places: Places;
}

export function viewJob(job: PulledJob): JobView {
  const flow = readFlow(job.spec);
  return { job, flow, places: placeTasks(flow, job.tasks) };
}

/** The tasks in which the job failed, those that failed first, first. */
export function failuresOf({ job, places }: JobView): readonly Failure[] {
  const failed = job.tasks.filter(({ state }) => state === "FAILED");
  const around = new Set(failed.map(({ parent }) => parent));
  return failed
    .filter(({ id, parent }) => !around.has(id) && (parent !== null || job.tasks.length === 1 || failed.length === 1))
    .sort((one, other) => ((one.endTime ?? "") < (other.endTime ?? "") ? -1 : 1))
    .map((task) => ({ task, place: placeOf(task, job, places) }));
}

/** As the plan calls it, where that is known; else the names that Vertex tells. */
export function placeOf(task: PulledTask, job: PulledJob, places: Places): string {
  for (const { place, task: placed } of places.byPlace.values()) if (placed === task) return place;
  const names: string[] = [];
  const byId = new Map(job.tasks.map((each) => [each.id, each]));
  for (let at: PulledTask | undefined = task; at !== undefined; at = byId.get(at.parent ?? "")) names.unshift(at.name);
  return names.slice(names.length > 1 ? 1 : 0).join(".");
}

/** The tasks that are no pipelines, loops or branches, by state. */
export function countStates({ tasks }: PulledJob): ReadonlyMap<string, number> {
  const around = new Set(tasks.map(({ parent }) => parent));
  const leaves = tasks.filter(({ id, parent }) => !around.has(id) && (parent !== null || tasks.length > 1));
  return new Map([...Map.groupBy(leaves, ({ state }) => state)].map(([state, all]) => [state, all.length]));
}
