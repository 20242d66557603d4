import { type GaussianProcess, type Point, regress } from "./gaussian-process.ts";
import { cumulative } from "./normal.ts";
import { normal } from "./random.ts";
import { type Assignment, allParameters, assign, isSameAssignment, type Parameter, toUnit } from "./space.ts";

/** A trial that has a value; a higher one is better. */
export interface Observation {
  readonly assignment: Assignment;
  readonly value: number;
}

const randomCandidates = 400;
const nearCandidates = 100;
/** How far from the best, in a domain's unit. */
const nearness = 0.1;
/** Older observations are left out, so that a suggestion takes no longer than a moment. */
const mostObservations = 200;

/**
 * Bayesian optimization, as Vertex's default algorithm does it by its documentation: the next trial is where a Gaussian
 * process expects the greatest improvement. It begins in the middle of the space, goes on at random until there is
 * enough to learn from, and takes trials under way for what it expects of them. Vizier's own model is not public: its
 * suggestions are others.
 */
export function suggest(
  parameters: readonly Parameter[],
  observations: readonly Observation[],
  pending: readonly Assignment[],
  random: () => number,
): Assignment {
  if (observations.length + pending.length === 0) return assign(parameters, () => 0.5);
  const all = allParameters(parameters);
  if (observations.length < all.length + 1) return assign(parameters, random);

  const known = observations.slice(-mostObservations);
  const best = known.reduce((a, b) => (b.value > a.value ? b : a));
  const point = (assignment: Assignment) => encode(all, assignment);
  const process = learn(known, pending, point);
  const seen = [...known.map(({ assignment }) => assignment), ...pending];
  const candidates = [
    ...Array.from({ length: randomCandidates }, () => assign(parameters, random)),
    ...Array.from({ length: nearCandidates }, () => near(parameters, best.assignment, random)),
  ];
  const fresh = candidates.filter((candidate) => !seen.some((other) => isSameAssignment(candidate, other)));
  const [first, ...others] = fresh.length > 0 ? fresh : candidates;
  if (first === undefined) throw new Error("there are no candidates");
  const score = (candidate: Assignment) => process.improvement(point(candidate));
  let chosen = { candidate: first, score: score(first) };
  for (const candidate of others) {
    const next = { candidate, score: score(candidate) };
    if (next.score > chosen.score) chosen = next;
  }
  return chosen.candidate;
}

interface Expectation {
  /** How much better than the best so far a point is expected to be, in standard deviations of all values. */
  improvement(point: Point): number;
}

function learn(
  observations: readonly Observation[],
  pending: readonly Assignment[],
  point: (assignment: Assignment) => Point,
): Expectation {
  const values = observations.map(({ value }) => value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  const points = observations.map(({ assignment }) => point(assignment));
  const standard = values.map((value) => (value - mean) / spread);
  let process: GaussianProcess = regress(points, standard);
  if (pending.length > 0) {
    const waited = pending.map(point);
    const believed = waited.map((one) => process.predict(one).mean);
    process = regress([...points, ...waited], [...standard, ...believed]);
  }
  const best = Math.max(...standard);
  return {
    improvement(one) {
      const { mean: expected, deviation } = process.predict(one);
      const z = (expected - best) / deviation;
      return (expected - best) * cumulative(z) + (deviation * Math.exp(-(z ** 2) / 2)) / Math.sqrt(2 * Math.PI);
    },
  };
}

function near(parameters: readonly Parameter[], assignment: Assignment, random: () => number): Assignment {
  const places = new Map(assignment.map(({ parameter, value }) => [parameter, toUnit(parameter.domain, value)]));
  return assign(parameters, (parameter) => {
    const place = places.get(parameter);
    if (place === undefined) return random();
    // Categories have no neighbours.
    if (parameter.domain.kind === "categorical") return random() < 0.2 ? random() : place;
    return Math.min(1, Math.max(0, place + nearness * normal(random)));
  });
}

/** Numbers by their place, categories one-hot; what isn't there is 0. */
function encode(all: readonly Parameter[], assignment: Assignment): Point {
  const values = new Map(assignment.map(({ parameter, value }) => [parameter, value]));
  return all.flatMap((parameter) => {
    const { domain } = parameter;
    const value = values.get(parameter);
    if (domain.kind === "categorical") return domain.values.map((one) => (one === value ? 1 : 0));
    return [value === undefined ? 0 : toUnit(domain, value)];
  });
}
