import { isArray, isObject, type Json, type JsonObject, mapValues } from "../../wire/json.ts";

/** Attributions of one output. */
export interface Attributions {
  /** In the shape of the features. */
  readonly features: JsonObject;
  readonly baselineOutput: number;
  readonly instanceOutput: number;
  /** Length of the features' standard errors over the paths. */
  readonly error: number;
}

export interface ShapleyOptions {
  /** Its features that are explained are those of the baseline. */
  readonly instance: JsonObject;
  readonly baseline: JsonObject;
  /** Permutations of the features. */
  readonly pathCount: number;
  /** The output of the model for each instance. */
  readonly ask: (instances: readonly JsonObject[]) => Promise<readonly number[]>;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** One scalar that can be at its baseline or as it is. */
type Leaf = readonly (string | number)[];

/**
 * Sampled Shapley values (https://arxiv.org/abs/1306.4265): on each path from the baseline to the instance the features
 * are turned on one by one, in an order by chance, and a feature's value is the mean of what the output changed by then.
 */
export async function sampledShapley(options: ShapleyOptions): Promise<Attributions> {
  const { instance, baseline, pathCount, ask, random } = options;
  const leaves = leavesOf(baseline, instance);
  const paths = Array.from({ length: pathCount }, () => shuffled(leaves.length, random));
  // A set of features that are on is asked for once, on however many paths it lies.
  const sets = new Map<string, ReadonlySet<number>>();
  for (const path of paths)
    for (let on = 0; on <= path.length; on++) sets.set(keyOf(path.slice(0, on)), new Set(path.slice(0, on)));
  const keys = [...sets.keys()];
  const answers = await ask([...sets.values()].map((on) => mixed(instance, baseline, leaves, on)));
  const outputs = new Map(keys.map((key, index) => [key, answers[index] ?? 0]));
  const outputOf = (on: readonly number[]) => outputs.get(keyOf(on)) ?? 0;

  const gains: number[][] = leaves.map(() => []);
  for (const path of paths)
    for (const [step, leaf] of path.entries())
      gains[leaf]?.push(outputOf(path.slice(0, step + 1)) - outputOf(path.slice(0, step)));
  const means = gains.map(mean);
  const errors = gains.map((values, leaf) => mean(values.map((value) => (value - (means[leaf] ?? 0)) ** 2)));
  return {
    features: means.reduce<JsonObject>((shaped, value, leaf) => put(shaped, leaves[leaf] ?? [], value), baseline),
    baselineOutput: outputOf([]),
    instanceOutput: outputOf(leaves.map((_, leaf) => leaf)),
    error: Math.sqrt(errors.reduce((sum, variance) => sum + variance / pathCount, 0)),
  };
}

/** Means of the same attributions for several baselines. */
export function averaged(all: readonly Attributions[]): Attributions {
  const [first] = all;
  if (first === undefined) throw new Error("there is nothing to average");
  return {
    features: averageJson(all.map(({ features }) => features)) as JsonObject,
    baselineOutput: mean(all.map(({ baselineOutput }) => baselineOutput)),
    instanceOutput: first.instanceOutput,
    error: mean(all.map(({ error }) => error)),
  };
}

function averageJson(all: readonly Json[]): Json {
  const [first = null] = all;
  if (isArray(first))
    return first.map((_, index) => averageJson(all.map((one) => (one as readonly Json[])[index] ?? 0)));
  if (isObject(first))
    return mapValues(first, (_, key) => averageJson(all.map((one) => (one as JsonObject)[key] ?? 0)));
  return mean(all.map(Number));
}

/** The scalars of the baseline that the instance has too. */
function leavesOf(baseline: Json, instance: Json | undefined, at: Leaf = []): Leaf[] {
  if (isArray(baseline) && instance !== undefined && isArray(instance))
    return baseline.flatMap((item, index) => leavesOf(item, instance[index], [...at, index]));
  if (isObject(baseline) && isObject(instance))
    return Object.entries(baseline).flatMap(([key, item]) => leavesOf(item, instance[key], [...at, key]));
  return [at];
}

function mixed(
  instance: JsonObject,
  baseline: JsonObject,
  leaves: readonly Leaf[],
  on: ReadonlySet<number>,
): JsonObject {
  return leaves.reduce<JsonObject>(
    (whole, leaf, index) => (on.has(index) ? whole : put(whole, leaf, valueAt(baseline, leaf))),
    instance,
  );
}

function valueAt(json: Json, path: Leaf): Json {
  return path.reduce<Json>((inner, key) => (inner as Record<string | number, Json>)[key] ?? null, json);
}

function put<T extends Json>(json: T, [head, ...rest]: Leaf, value: Json): T {
  if (head === undefined) return value as T;
  if (isArray(json)) return json.map((item, index) => (index === head ? put(item, rest, value) : item)) as Json as T;
  const object = json as JsonObject;
  return { ...object, [head]: put(object[head] ?? null, rest, value) } as Json as T;
}

function keyOf(on: readonly number[]): string {
  return [...on].sort((a, b) => a - b).join();
}

function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
