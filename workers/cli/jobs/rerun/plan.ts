import { allTasks, type Flow, type Step } from "../../../../specs/graph/flow/index.ts";
import type { PipelineTaskSpecJson } from "../../../../specs/ir/types.ts";
import { CommandError } from "../../user-error.ts";
import { isLoop, type Placed, type Places, placeIn, type Turns } from "../places.ts";
import { hasResults } from "../pulled-job.ts";
import { originsOf, outputsRead } from "./origins.ts";
import { isMeant, type Selection } from "./selector.ts";

/** What a job that goes on from a task takes from the job before, and what it runs. */
export interface RerunPlan {
  /** Tasks that are not run: their results are there. */
  readonly taken: readonly Placed[];
  /** Tasks that run. Their places lack what is only known once a loop has its items. */
  readonly runs: readonly Planned[];
  /** What runs although it ended well, or whole although a part would do. */
  readonly remarks: readonly Remark[];
}

export interface Remark {
  readonly place: string;
  readonly why: "changed" | "iterations-unknown" | "outputs-unknown";
}

export type Planned = Pick<Placed, "place" | "step">;

/**
 * As Vertex reruns a job: a task that ended well is taken, unless it is the one to go on from or depends on something
 * that runs; everything else runs. https://cloud.google.com/vertex-ai/docs/pipelines/rerun-pipeline
 *
 * @param changed paths of the steps that are no longer what the job ran
 * @param from without it, what has no results runs, and what depends on that
 */
export function planRerun(flow: Flow, places: Places, changed: ReadonlySet<string>, from?: Selection): RerunPlan {
  const taken: Placed[] = [];
  const runs: Planned[] = [];
  const remarks: Remark[] = [];
  const read = outputsRead(flow);

  const run = (step: Step, place: string): true => {
    if (step.kind === "task") runs.push({ place, step });
    else for (const inner of step.steps) run(inner, placeIn(place, inner));
    return true;
  };

  const meant = (step: Step, turns: Turns) => from !== undefined && isMeant(from, step, turns);

  /** Whether anything in these steps runs. */
  const visit = (siblings: readonly Step[], prefix: string, turns: Turns): boolean => {
    const named = new Map(siblings.map((step) => [step.name, step]));
    const known = new Map<string, boolean>();
    const reruns = (step: Step): boolean => {
      const before = known.get(step.name);
      if (before !== undefined) return before;
      const upstream = producersOf(step.spec).flatMap((name) => named.get(name) ?? []);
      // All of them, so that each is planned.
      const forced = upstream.map(reruns).includes(true);
      const place = placeIn(prefix, step);
      const isChanged = changed.has(step.path);
      if (isChanged && !forced) remarks.push({ place, why: "changed" });
      const again = forced || isChanged || meant(step, turns) ? run(step, place) : visitStep(step, place, turns);
      known.set(step.name, again);
      return again;
    };
    return siblings.map(reruns).includes(true);
  };

  const visitStep = (step: Step, place: string, turns: Turns): boolean => {
    if (!isLoop(step)) return visitOnce(step, place, turns);
    const found = places.byPlace.get(place);
    const iterations = places.iterations.get(place);
    if (found?.task.state === "NOT_TRIGGERED") return false;
    if (found === undefined || iterations === undefined) return run(step, place);
    if (iterations === null) {
      remarks.push({ place, why: "iterations-unknown" });
      return run(step, place);
    }
    const again = iterations.map((index) => {
      const turn = new Map([...turns, [step.path, index]]);
      const inLoop = `${place}[${index}]`;
      return meant(step, turn) ? run(step, inLoop) : visitOnce(step, inLoop, turn);
    });
    return again.includes(true) || !hasResults(found.task);
  };

  const visitOnce = (step: Step, place: string, turns: Turns): boolean => {
    const found = places.byPlace.get(place);
    if (found === undefined) return run(step, place);
    if (found.task.state === "NOT_TRIGGERED") return false;
    if (step.kind === "group") return visit(step.steps, place, turns) || !hasResults(found.task);
    if (!hasResults(found.task)) return run(step, place);
    if (lacksOutputs(found, read)) {
      remarks.push({ place, why: "outputs-unknown" });
      return run(step, place);
    }
    taken.push(found);
    return false;
  };

  visit(flow.steps, "", new Map());
  if (from !== undefined && !runs.some(({ step }) => isIn(step, from.step))) {
    const name = from.step.path.replaceAll("/", ".");
    throw new CommandError(
      "NOT_REACHED",
      `This job never came to ${name}: the condition around it did not hold, or there is no such iteration. Go on from what decides that.`,
    );
  }
  return { taken, runs, remarks };
}

/** Tasks that are taken though they read an input of the pipeline that is now another. */
export function takenInSpiteOf(flow: Flow, { taken }: RerunPlan, parameters: ReadonlySet<string>): readonly string[] {
  const reads = ({ given }: Step) =>
    Object.values(given)
      .flatMap((source) => originsOf(flow, source))
      .some((origin) => origin.kind === "input" && parameters.has(origin.name));
  const readers = new Set([...allTasks(flow.steps)].filter(reads).map(({ path }) => path));
  return taken.filter(({ step }) => readers.has(step.path)).map(({ place }) => place);
}

/** Whether something that others read of the task is not told. */
function lacksOutputs({ step, task }: Placed, read: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const { parameters, artifacts } = task.outputs;
  return [...(read.get(step.path) ?? [])].some((name) => (parameters[name] ?? artifacts[name]) === undefined);
}

function isIn(step: Step, around: Step): boolean {
  return step.path === around.path || step.path.startsWith(`${around.path}/`);
}

/** Names of the steps beside it that a step waits for. */
function producersOf({ dependentTasks = [], inputs = {} }: PipelineTaskSpecJson): readonly string[] {
  const parameters = Object.values(inputs.parameters ?? {});
  const artifacts = Object.values(inputs.artifacts ?? {});
  const producers = [
    ...parameters.map(
      ({ taskOutputParameter, taskFinalStatus }) => (taskOutputParameter ?? taskFinalStatus)?.producerTask,
    ),
    ...artifacts.map(({ taskOutputArtifact }) => taskOutputArtifact?.producerTask),
  ];
  return [...dependentTasks, ...producers.filter((name) => name !== undefined)];
}
