import { describe, expect, test } from "vitest";
import { type Observation, suggest } from "./bayesian.ts";
import { grid } from "./grid.ts";
import { seeded } from "./random.ts";
import { type Assignment, assign, type Domain, fromUnit, type Parameter, toUnit } from "./space.ts";

const parameter = (id: string, domain: Domain, children: Parameter["children"] = []): Parameter => ({
  id,
  domain,
  children,
});
const plain = (assignment: Assignment) =>
  Object.fromEntries(assignment.map(({ parameter: { id }, value }) => [id, value]));

describe("scales", () => {
  const double = (scale: "linear" | "log" | "reverse-log", min = 1, max = 100): Domain => ({
    kind: "double",
    min,
    max,
    scale,
  });
  test("the middle of a domain is where its scale puts it", () => {
    expect(fromUnit(double("linear"), 0.5)).toBeCloseTo(50.5);
    expect(fromUnit(double("log"), 0.5)).toBeCloseTo(10);
    expect(fromUnit(double("reverse-log"), 0.5)).toBeCloseTo(91);
  });
  test.each<Domain>([
    double("linear", -3, 4),
    double("log"),
    double("reverse-log"),
    { kind: "integer", min: 1, max: 9, scale: "linear" },
    { kind: "integer", min: 1, max: 4096, scale: "log" },
    { kind: "discrete", values: [1, 2, 40] },
    { kind: "categorical", values: ["a", "b", "c"] },
  ])("values stay inside, ends included, and come back: %j", (domain) => {
    const ends =
      domain.kind === "double" || domain.kind === "integer"
        ? [domain.min, domain.max]
        : [domain.values[0], domain.values.at(-1)];
    expect([fromUnit(domain, 0), fromUnit(domain, 1)]).toEqual(ends);
    const random = seeded("values");
    for (let index = 0; index < 100; index++) {
      const value = fromUnit(domain, random());
      const back = fromUnit(domain, toUnit(domain, value));
      if (domain.kind === "double") expect(back).toBeCloseTo(Number(value), 6);
      else expect(back).toBe(value);
    }
  });
});

const layers = parameter("layers", { kind: "integer", min: 1, max: 2, scale: "linear" });
const optimizer = parameter("optimizer", { kind: "categorical", values: ["sgd", "adam"] }, [
  { values: ["sgd"], parameter: parameter("momentum", { kind: "discrete", values: [0.8, 0.9] }) },
]);

test("a grid has every combination once, conditional parameters only where they are", () => {
  expect([...grid([layers, optimizer])].map(plain)).toEqual([
    { layers: 1, optimizer: "sgd", momentum: 0.8 },
    { layers: 1, optimizer: "sgd", momentum: 0.9 },
    { layers: 1, optimizer: "adam" },
    { layers: 2, optimizer: "sgd", momentum: 0.8 },
    { layers: 2, optimizer: "sgd", momentum: 0.9 },
    { layers: 2, optimizer: "adam" },
  ]);
});

describe("Bayesian optimization", () => {
  const rate = parameter("rate", { kind: "double", min: 1e-5, max: 1, scale: "log" });
  const dropout = parameter("dropout", { kind: "double", min: 0, max: 1, scale: "linear" });
  const kind = parameter("kind", { kind: "categorical", values: ["a", "b", "c"] });
  const space = [rate, dropout, kind];
  /** Best, with 0, at 1e-3, 0.3 and "b". */
  const objective = (assignment: Assignment) => {
    const { rate: r, dropout: d, kind: k } = plain(assignment);
    return -((Math.log10(Number(r)) + 3) ** 2) / 4 - 4 * (Number(d) - 0.3) ** 2 - (k === "b" ? 0 : 1);
  };
  const search = (seed: string, trials: number, next: typeof suggest) => {
    const observations: Observation[] = [];
    for (let trial = 0; trial < trials; trial++) {
      const assignment = next(space, observations, [], seeded(`${seed}:${trial}`));
      observations.push({ assignment, value: objective(assignment) });
    }
    return observations;
  };
  const best = (observations: readonly Observation[]) => Math.max(...observations.map(({ value }) => value));
  const seeds = ["1", "2", "3", "4", "5"];

  test("begins in the middle, and repeats itself with the same seed", () => {
    const once = search("1", 12, suggest);
    expect(plain(once[0]?.assignment ?? [])).toEqual({
      rate: expect.closeTo(Math.sqrt(1e-5)),
      dropout: 0.5,
      kind: "b",
    });
    expect(search("1", 12, suggest)).toEqual(once);
    expect(search("2", 12, suggest)).not.toEqual(once);
  });

  test("comes close to the best in 30 trials, and far closer than chance", () => {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const found = seeds.map((seed) => best(search(seed, 30, suggest)));
    const chance = seeds.map((seed) =>
      best(search(seed, 30, (parameters, _seen, _pending, random) => assign(parameters, random))),
    );
    expect(Math.min(...found)).toBeGreaterThan(-0.02);
    expect(mean(found)).toBeGreaterThan(mean(chance) / 3);
  });

  test("suggests something else while a trial is under way, and nothing twice", () => {
    const observations = search("1", 12, suggest);
    const first = suggest(space, observations, [], seeded("next"));
    const second = suggest(space, observations, [first], seeded("next"));
    expect(plain(second)).not.toEqual(plain(first));
    const small = [parameter("only", { kind: "categorical", values: ["a", "b", "c"] })];
    const tried = new Set<unknown>();
    const seen: Observation[] = [];
    for (let trial = 0; trial < 30 && tried.size < 3; trial++) {
      const assignment = suggest(small, seen, [], seeded(`small:${trial}`));
      tried.add(assignment[0]?.value);
      seen.push({ assignment, value: 0 });
    }
    expect(tried.size).toBe(3);
  });
});
