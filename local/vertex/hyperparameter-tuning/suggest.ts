import type { HyperparameterTuningJobRecord, TrialRecord } from "./records.ts";
import { type Observation, suggest as suggestBayesian } from "./study/bayesian.ts";
import { grid } from "./study/grid.ts";
import { seeded } from "./study/random.ts";
import { type Assignment, activeChildren, assign, type Parameter } from "./study/space.ts";
import { parseParameters, signOf } from "./study-spec.ts";

/**
 * The parameters of a job's next trial; undefined when a grid has no more. Chance comes from the names of job and trial:
 * the same job would do the same again.
 */
export function nextAssignment({ name, message, trials }: HyperparameterTuningJobRecord): Assignment | undefined {
  const { parameters: specs, algorithm, metrics = [] } = message.studySpec ?? {};
  const parameters = parseParameters(specs);
  if (algorithm === "GRID_SEARCH") return nth(grid(parameters), trials.length);
  const random = seeded(`${name}:${trials.length}`);
  if (algorithm === "RANDOM_SEARCH") return assign(parameters, random);

  const [objective = {}] = metrics;
  const observations = trials.flatMap((trial): Observation[] => {
    const value = trial.final?.metrics[objective.metricId ?? ""];
    return value === undefined ? [] : [{ assignment: restore(parameters, trial), value: signOf(objective) * value }];
  });
  const pending = trials.filter(({ endTime }) => endTime === undefined).map((trial) => restore(parameters, trial));
  return suggestBayesian(parameters, observations, pending, random);
}

/** The assignment that a trial was made of. */
function restore(parameters: readonly Parameter[], trial: TrialRecord): Assignment {
  return parameters.flatMap((parameter) => {
    const value = trial.parameters.find(({ id }) => id === parameter.id)?.value;
    if (value === undefined) return [];
    return [{ parameter, value }, ...restore(activeChildren(parameter, value), trial)];
  });
}

function nth<T>(items: Iterable<T>, index: number): T | undefined {
  let at = 0;
  for (const item of items) if (at++ === index) return item;
  return undefined;
}
