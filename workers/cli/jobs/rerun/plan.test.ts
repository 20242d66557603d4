import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compile,
  container,
  Dataset,
  int,
  list,
  parallelFor,
  pipeline,
  string,
  when,
} from "../../../../specs/index.ts";
import type { PipelineSpec } from "../../../../specs/ir/types.ts";
import { viewJob } from "../failures.ts";
import type { PulledTask } from "../pulled-job.ts";
import { artifactAt, noValues, pulled, told } from "../testing.ts";
import { changedSteps } from "./changed-steps.ts";
import { neededArtifacts } from "./needed-artifacts.ts";
import { planRerun, takenInSpiteOf } from "./plan.ts";
import { selectStep } from "./selector.ts";
import { withoutCache } from "./without-cache.ts";

const load = container("load", {
  image: "alpine",
  inputs: { rows: int() },
  outputs: { data: Dataset },
  command: ["load"],
  args: ({ inputs, outputs }) => [inputs.rows, outputs.data.path],
});
const clean = container("clean", {
  image: "alpine",
  inputs: { data: Dataset, by: string() },
  outputs: { clean: Dataset },
  command: ["clean"],
  args: ({ inputs, outputs }) => [inputs.data.path, inputs.by, outputs.clean.path],
});
const check = container("check", {
  image: "alpine",
  inputs: { data: Dataset },
  command: ["check"],
  args: ({ inputs }) => [inputs.data.path],
});
const count = container("count", {
  image: "alpine",
  inputs: { rows: int() },
  command: ["count"],
  args: ({ inputs }) => [inputs.rows],
});
/** A pipeline in a pipeline, with a loop whose two tasks follow each other, and a branch. */
const inner = pipeline("inner", { inputs: { data: Dataset, by: string() } }, ({ data, by }) => {
  const first = clean({ data, by });
  check({ data: first.clean });
});
const whole = pipeline("whole", { inputs: { rows: int(), words: list<string>(), mode: string() } }, (inputs) => {
  const loaded = load({ rows: inputs.rows });
  parallelFor(inputs.words, (word) => {
    const cleaned = clean({ data: loaded.data, by: word });
    check({ data: cleaned.clean });
  });
  const prepared = inner({ data: loaded.data, by: "x" });
  count({ rows: 1 }).after(prepared);
  when(inputs.mode.equals("deep"), () => {
    count({ rows: inputs.rows }).named("deep-count");
  });
});
const spec = compile(whole).spec as PipelineSpec;
const artifact = (key: string, uri: string) => ({
  outputs: { parameters: {}, artifacts: { [key]: [artifactAt(uri)] } },
});

/** How it ended at 3 o'clock: the check in iteration 1 failed. */
const ended = (more: Readonly<Record<string, Partial<PulledTask>>> = {}) =>
  viewJob(
    pulled(
      spec,
      [
        told("load", artifact("data", "gs://theirs/loaded")),
        told("for-loop-1", { state: "FAILED" }),
        told("for-loop-1/for-loop-1-0"),
        told("for-loop-1/for-loop-1-0/clean", artifact("clean", "gs://theirs/clean-0")),
        told("for-loop-1/for-loop-1-0/check"),
        told("for-loop-1/for-loop-1-1", { state: "FAILED" }),
        told("for-loop-1/for-loop-1-1/clean", artifact("clean", "gs://theirs/clean-1")),
        told("for-loop-1/for-loop-1-1/check", { state: "FAILED" }),
        told("inner"),
        told("inner/clean", artifact("clean", "gs://theirs/inner-clean")),
        told("inner/check"),
        told("count"),
        told("condition-2", { state: "NOT_TRIGGERED" }),
      ].map((task) => ({ ...task, ...more[task.id] })),
    ),
  );

const planFrom = (from: string | undefined, view = ended(), changed: ReadonlySet<string> = new Set()) => {
  const selection = from === undefined ? undefined : selectStep(view.flow, from);
  const plan = planRerun(view.flow, view.places, changed, selection);
  return {
    plan,
    view,
    runs: plan.runs.map(({ place }) => place).sort(),
    taken: plan.taken.map(({ place }) => place).sort(),
    needed: neededArtifacts(view, plan).map(({ uri }) => uri),
  };
};

describe("a rerun", () => {
  test("without a task runs what has no results: in a loop only the iteration that failed", () => {
    const { runs, taken, needed } = planFrom(undefined);
    expect(runs).toEqual(["for-loop-1[1].check"]);
    expect(taken).toEqual([
      "count",
      "for-loop-1[0].check",
      "for-loop-1[0].clean",
      "for-loop-1[1].clean",
      "inner.check",
      "inner.clean",
      "load",
    ]);
    expect(needed).toEqual(["gs://theirs/clean-1"]);
  });

  test("from the first task runs the whole pipeline but what does not depend on it, and what had no results", () => {
    const { runs, taken } = planFrom("load");
    expect(runs).toEqual(["count", "for-loop-1.check", "for-loop-1.clean", "inner.check", "inner.clean", "load"]);
    expect(taken).toEqual([]);
  });

  test("from a task of a pipeline in a pipeline runs what is after it, inside and outside", () => {
    const { runs, needed } = planFrom("inner.clean");
    expect(runs).toEqual(["count", "for-loop-1[1].check", "inner.check", "inner.clean"]);
    expect(needed).toEqual(expect.arrayContaining(["gs://theirs/loaded", "gs://theirs/clean-1"]));
  });

  test("from a task of a loop runs it in every iteration, or in the one that is named", () => {
    expect(planFrom("for-loop-1.clean").runs).toEqual([
      "for-loop-1[0].check",
      "for-loop-1[0].clean",
      "for-loop-1[1].check",
      "for-loop-1[1].clean",
    ]);
    expect(planFrom("for-loop-1[1].clean").runs).toEqual(["for-loop-1[1].check", "for-loop-1[1].clean"]);
    expect(planFrom("for-loop-1[0]").runs).toEqual([
      "for-loop-1[0].check",
      "for-loop-1[0].clean",
      "for-loop-1[1].check",
    ]);
  });

  test("runs a loop whole where its iterations cannot be told apart, and what is after it", () => {
    const view = ended({
      "for-loop-1/for-loop-1-0": { name: "some-iteration" },
      "for-loop-1/for-loop-1-1": { name: "another-one" },
    });
    const { plan, runs } = planFrom(undefined, view);
    expect(plan.remarks).toEqual([{ place: "for-loop-1", why: "iterations-unknown" }]);
    expect(runs).toEqual(["for-loop-1.check", "for-loop-1.clean"]);
  });

  test("runs again what ended well, where not all that it gave is told", () => {
    const { plan, runs } = planFrom(undefined, ended({ load: { outputs: noValues } }));
    expect(plan.remarks).toEqual([{ place: "load", why: "outputs-unknown" }]);
    expect(runs).toEqual(["count", "for-loop-1.check", "for-loop-1.clean", "inner.check", "inner.clean", "load"]);
  });

  test("runs what was not reached because of a failure before it", () => {
    const view = ended({
      load: { state: "FAILED" },
      "for-loop-1": { state: "NOT_TRIGGERED" },
      inner: { state: "NOT_TRIGGERED" },
      count: { state: "NOT_TRIGGERED" },
    });
    expect(planFrom(undefined, view)).toMatchObject({
      taken: [],
      runs: ["count", "for-loop-1.check", "for-loop-1.clean", "inner.check", "inner.clean", "load"],
    });
  });

  test("runs what is no longer what the job ran, and what is after it", () => {
    const edited = structuredClone(spec);
    const executors = edited.deploymentSpec?.executors ?? {};
    const container = executors["exec-count"]?.container;
    if (container) container.args = ["--more"];
    expect(changedSteps(spec, structuredClone(spec))).toEqual(new Set());
    const changed = changedSteps(spec, edited);
    expect(changed).toEqual(new Set(["count"]));
    const { plan, runs } = planFrom(undefined, ended(), changed);
    expect(runs).toEqual(["count", "for-loop-1[1].check"]);
    expect(plan.remarks).toEqual([{ place: "count", why: "changed" }]);
  });

  test("runs a loop whole that goes over something else", () => {
    const edited = structuredClone(spec);
    const loop = edited.root?.dag?.tasks?.["for-loop-1"];
    if (loop?.parameterIterator) loop.parameterIterator.items = { raw: '["x"]' };
    expect(planFrom(undefined, ended(), changedSteps(spec, edited)).runs).toEqual([
      "for-loop-1.check",
      "for-loop-1.clean",
    ]);
  });

  test("keeps what runs from the cache, and nothing else changes", () => {
    const { plan } = planFrom("inner.check");
    const kept = withoutCache(spec, plan.runs);
    const tasks = (component: string) => kept.components?.[component]?.dag?.tasks ?? {};
    expect(tasks("comp-inner")["check"]?.cachingOptions).toEqual({});
    expect(tasks("comp-inner")["clean"]?.cachingOptions).toEqual({ enableCache: true });
    expect(tasks("comp-for-loop-1")["check"]?.cachingOptions).toEqual({});
    expect(withoutCache(spec, [])).toEqual(spec);
  });

  test("says which results are taken though they were made with another value", () => {
    const { plan, view } = planFrom("inner.check");
    expect(takenInSpiteOf(view.flow, plan, new Set(["rows"]))).toEqual(["load"]);
    expect(takenInSpiteOf(view.flow, plan, new Set(["words"]))).toEqual(["for-loop-1[0].clean", "for-loop-1[1].clean"]);
    expect(takenInSpiteOf(view.flow, plan, new Set(["mode"]))).toEqual([]);
  });
});

describe("a task to go on from", () => {
  test.each([
    ["chek", "UNKNOWN_TASK"],
    ["clean", "AMBIGUOUS_TASK"],
    ["load[0]", "UNKNOWN_TASK"],
    ["for-loop-1[7].clean", "NOT_REACHED"],
    ["deep-count", "NOT_REACHED"],
  ])("that is none: %s", (from, code) => {
    expect(() => planFrom(from)).toThrow(expect.objectContaining({ code }));
  });
});

describe("of any pipeline", () => {
  /** Tasks 0…n-1, each after some of those before it; whether each ended well. */
  type Graph = readonly { readonly after: readonly number[]; readonly fails: boolean }[];
  const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 12 }).chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        fc.record({
          after: index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1)),
          fails: fc.boolean(),
        }),
      ),
    ),
  );
  const viewOf = (graph: Graph) => {
    const states: string[] = [];
    for (const { after, fails } of graph) {
      const reached = after.every((index) => states[index] === "SUCCEEDED");
      states.push(!reached ? "NOT_TRIGGERED" : fails ? "FAILED" : "SUCCEEDED");
    }
    const tasks = graph.map(({ after }, index) => [
      `t${index}`,
      {
        componentRef: { name: "c" },
        dependentTasks: after.map((other) => `t${other}`),
        taskInfo: { name: `t${index}` },
      },
    ]);
    const random: PipelineSpec = {
      pipelineInfo: { name: "random" },
      root: { dag: { tasks: Object.fromEntries(tasks) } },
      components: { c: { executorLabel: "e" } },
      deploymentSpec: { executors: { e: { container: { image: "alpine" } } } },
    };
    return {
      states,
      view: viewJob(
        pulled(
          random,
          states.map((state, index) => told(`t${index}`, { state })),
        ),
      ),
    };
  };

  test("nothing that is taken comes after something that runs, and everything is one or the other", () => {
    fc.assert(
      fc.property(graphs, fc.option(fc.nat(11), { nil: undefined }), (graph, from) => {
        const { view, states } = viewOf(graph);
        const start = from === undefined ? undefined : `t${from % graph.length}`;
        const { runs, taken } = planFrom(start, view);
        const after = (name: string): readonly string[] =>
          (graph[Number(name.slice(1))]?.after ?? []).map((index) => `t${index}`);
        for (const name of taken) expect(after(name).filter((other) => runs.includes(other))).toEqual([]);
        for (const name of taken) expect(states[Number(name.slice(1))]).toBe("SUCCEEDED");
        if (start !== undefined) expect(runs).toContain(start);
        expect([...runs, ...taken].sort()).toEqual(graph.map((_, index) => `t${index}`).sort());
      }),
    );
  });

  test("cutting at the first task is the whole pipeline", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const chained = graph.map(({ after, fails }, index) => ({
          fails,
          after: index > 0 && !after.includes(0) ? [...after, 0] : after,
        }));
        const { runs, taken } = planFrom("t0", viewOf(chained).view);
        expect(taken).toEqual([]);
        expect(runs.length).toBe(graph.length);
      }),
    );
  });
});
