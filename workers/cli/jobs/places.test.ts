import { describe, expect, test } from "vitest";
import { compile, container, int, list, parallelFor, pipeline, when } from "../../../specs/index.ts";
import type { PipelineSpec } from "../../../specs/ir/types.ts";
import type { JsonValue } from "../../../specs/nodes/index.ts";
import { countStates, failuresOf, viewJob } from "./failures.ts";
import type { PulledTask } from "./pulled-job.ts";
import { pulled, told } from "./testing.ts";

const step = container("step", {
  image: "alpine",
  inputs: { size: int() },
  outputs: { size: int() },
  command: ["step"],
  args: ({ inputs, outputs }) => [inputs.size, outputs.size.path],
});
const inner = pipeline("inner", { inputs: { size: int() } }, ({ size }) => {
  step({ size });
});
const spec = compile(
  pipeline("outer", { inputs: { sizes: list<number>(), size: int() } }, ({ sizes, size }) => {
    step({ size });
    parallelFor(sizes, (each) => {
      inner({ size: each });
    });
    when(size.equals(1), () => {
      step({ size }).named("only-then");
    });
  }),
).spec as PipelineSpec;

const view = (tasks: readonly PulledTask[]) => viewJob(pulled(spec, tasks));
const places = (tasks: readonly PulledTask[]) =>
  [...view(tasks).places.byPlace].map(([place, { task }]) => `${place}=${task.id}`).sort();

describe("tasks are found in the spec", () => {
  test("through loops, pipelines in pipelines and branches", () => {
    expect(
      places([
        told("step"),
        told("for-loop-1"),
        told("for-loop-1/for-loop-1-1"),
        told("for-loop-1/for-loop-1-1/inner"),
        told("for-loop-1/for-loop-1-1/inner/step"),
        told("condition-2"),
        told("condition-2/only-then"),
      ]),
    ).toEqual([
      "condition-2.only-then=condition-2/only-then",
      "condition-2=condition-2",
      "for-loop-1=for-loop-1",
      "for-loop-1[1].inner.step=for-loop-1/for-loop-1-1/inner/step",
      "for-loop-1[1].inner=for-loop-1/for-loop-1-1/inner",
      "for-loop-1[1]=for-loop-1/for-loop-1-1",
      "step=step",
    ]);
  });

  test("where Vertex does not tell the job's own task", () => {
    const job = pulled(spec, []);
    const tasks = [told("step", { parent: null }), told("for-loop-1", { parent: null })];
    const found = viewJob({ ...job, tasks }).places.byPlace;
    expect([...found.keys()].sort()).toEqual(["for-loop-1", "step"]);
  });

  test("by the last try of the pipeline around them", () => {
    const tries = [
      told("step", { id: "second", createTime: "2026-01-01T00:01:00.000Z" }),
      told("step", { id: "first", createTime: "2026-01-01T00:00:00.000Z" }),
    ];
    expect(places(tries)).toEqual(["step=second"]);
  });

  test("by their items where iterations have names that say no index", () => {
    const loop = spec.root?.dag?.tasks?.["for-loop-1"]?.parameterIterator;
    const given = (name: string | undefined, value: JsonValue) => ({
      inputs: { artifacts: {}, parameters: { [name ?? ""]: value } },
    });
    const iterations = (items: JsonValue, ...each: readonly JsonValue[]) =>
      view([
        told("for-loop-1", given(loop?.items?.inputParameter, items)),
        ...each.map((item, index) => told(`for-loop-1/${"abc"[index]}`, given(loop?.itemInput, item))),
      ]).places.iterations.get("for-loop-1");
    expect(iterations([10, 20, 30], 30, 10)).toEqual([0, 2]);
    expect(iterations('[{"a": 1}, "x"]', "x", { a: 1 })).toEqual([0, 1]);
    expect(iterations([10, 10], 10, 10)).toBeNull();
    expect(iterations([10, 20], 30)).toBeNull();
    expect(iterations("no list", 10)).toBeNull();
  });

  test("by the names that people gave them, and not where two have the same", () => {
    const named = structuredClone(spec) as { root: { dag: { tasks: Record<string, { taskInfo: { name: string } }> } } };
    const tasks = named.root.dag.tasks;
    for (const key of ["step", "condition-2"]) if (tasks[key]) tasks[key].taskInfo.name = "Same";
    if (tasks["for-loop-1"]) tasks["for-loop-1"].taskInfo.name = "Sizes";
    const found = viewJob(
      pulled(named as unknown as PipelineSpec, [told("Same"), told("Sizes"), told("Sizes/Sizes-0")]),
    ).places;
    expect([...found.byPlace.keys()]).toEqual(["for-loop-1", "for-loop-1[0]"]);
  });
});

describe("what failed", () => {
  const failed = (id: string, endTime: string) => told(id, { state: "FAILED", endTime });
  const job = view([
    failed("step", "2026-01-01T00:02:00.000Z"),
    failed("for-loop-1", "2026-01-01T00:03:00.000Z"),
    failed("for-loop-1/for-loop-1-1", "2026-01-01T00:03:00.000Z"),
    failed("for-loop-1/for-loop-1-1/inner", "2026-01-01T00:03:00.000Z"),
    failed("for-loop-1/for-loop-1-1/inner/step", "2026-01-01T00:01:00.000Z"),
    failed("unknown", "2026-01-01T00:04:00.000Z"),
    told("condition-2", { state: "NOT_TRIGGERED" }),
  ]);

  test("is what failed by itself, first what failed first, also where it is no step that is known", () => {
    expect(failuresOf(job).map(({ place }) => place)).toEqual(["for-loop-1[1].inner.step", "step", "unknown"]);
  });

  test("is counted with the rest, without what is only around others", () => {
    expect(countStates(job.job)).toEqual(
      new Map([
        ["FAILED", 3],
        ["NOT_TRIGGERED", 1],
      ]),
    );
  });
});
