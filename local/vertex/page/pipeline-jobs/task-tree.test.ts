import { expect, test } from "vitest";
import { noValues, type TaskRecord, type TaskState } from "../../pipeline-jobs/records.ts";
import type { JsonObject } from "../../wire/json.ts";
import { loopSizes } from "./loop-sizes.ts";
import { stepStates } from "./step-states.ts";
import { taskTree } from "./task-tree.ts";

let ids = 0;

function record(path: string, state: TaskState, parent?: TaskRecord): TaskRecord {
  const id = String(++ids);
  return {
    job: "job",
    path,
    uniqueName: path,
    id,
    ...(parent && { parentId: parent.id }),
    taskName: path,
    kind: "container",
    state,
    createTime: 0,
    history: [],
    inputs: noValues,
    outputs: noValues,
    execution: "",
    attempt: 1,
    launches: 0,
    process: null,
    customJob: null,
    failedCustomJobs: [],
    resource: null,
  };
}

test("a task's place comes from the names above it; dots in names, iterations and tries of a pipeline are no steps", () => {
  const root = record("", "RUNNING");
  const loop = record("for-loop-1", "RUNNING", root);
  const first = record("for-loop-1[0]", "SUCCEEDED", loop);
  const second = record("for-loop-1[1]", "RUNNING", loop);
  const nested = record("for-loop-1[1].inner.v2", "RUNNING", second);
  const tree = taskTree([
    root,
    loop,
    first,
    record("for-loop-1[0].train", "SUCCEEDED", first),
    second,
    record("for-loop-1[1].train", "RUNNING", second),
    nested,
    record("for-loop-1[1].inner.v2.leaf", "FAILED", nested),
    record("for-loop-1[1].inner.v2~2.leaf", "PENDING", nested),
  ]);
  expect([...tree.byStep.keys()]).toEqual([
    "",
    "for-loop-1",
    "for-loop-1/train",
    "for-loop-1/inner.v2",
    "for-loop-1/inner.v2/leaf",
  ]);
  expect(stepStates(tree, () => undefined)).toEqual({
    "for-loop-1": { look: "running", count: "1/2" },
    "for-loop-1/train": { look: "running", count: "1/2" },
    "for-loop-1/inner.v2": { look: "running", count: null },
    // The failure was of the first try.
    "for-loop-1/inner.v2/leaf": { look: "pending", count: null },
  });
});

test("a failed task shows through others of its step that still run", () => {
  const root = record("", "RUNNING");
  const loop = record("loop", "RUNNING", root);
  const iterations = ["SUCCEEDED", "FAILED", "RUNNING"].map((state, index) =>
    record(`loop[${index}]`, state as TaskState, loop),
  );
  const tasks = iterations.map((iteration) => record(`${iteration.path}.work`, iteration.state, iteration));
  expect(stepStates(taskTree([root, loop, ...iterations, ...tasks]), () => undefined)["loop/work"]).toEqual({
    look: "failed",
    count: "2/3",
  });
});

test("of a loop with a chosen iteration, or a task in it, the picture shows that one alone", () => {
  const root = record("", "RUNNING");
  const loop = record("loop", "RUNNING", root);
  const iterations = [0, 1].map((index) => record(`loop[${index}]`, index === 0 ? "SUCCEEDED" : "FAILED", loop));
  const tasks = iterations.map((iteration) => record(`${iteration.path}.work`, iteration.state, iteration));
  const after = record("after", "PENDING", root);
  const tree = taskTree([root, loop, ...iterations, ...tasks, after]);
  for (const chosen of [iterations[0], tasks[0]]) {
    expect(stepStates(tree, () => undefined, tree.byId.get(chosen?.id ?? ""))).toEqual({
      loop: { look: "succeeded", count: "#0" },
      "loop/work": { look: "succeeded", count: null },
      after: { look: "pending", count: null },
    });
  }
});

test("a single task says which try it is, from the second on", () => {
  const root = record("", "RUNNING");
  const first = record("one", "RUNNING", root);
  const second = { ...record("other", "RUNNING", root), attempt: 3 };
  expect(stepStates(taskTree([root, first, second]), () => undefined)).toEqual({
    one: { look: "running", count: null },
    other: { look: "running", count: "try 3" },
  });
});

test("a loop's count is of all its items, from the spec or from its input", () => {
  const task = (items: JsonObject) => ({
    componentRef: { name: "body" },
    parameterIterator: { itemInput: "item", items },
  });
  const size = loopSizes({
    root: { dag: { tasks: { outer: task({ raw: "[1, 2, 3]" }), plain: { componentRef: { name: "body" } } } } },
    components: { body: { dag: { tasks: { inner: task({ inputParameter: "list" }) } } } },
  });
  expect(size("outer", noValues)).toBe(3);
  expect(size("outer/inner", { parameters: { list: ["a", "b"] }, artifacts: {} })).toBe(2);
  expect(size("outer/inner", { parameters: { list: "[1]" }, artifacts: {} })).toBe(1);
  expect(size("plain", noValues)).toBeUndefined();

  const root = record("", "RUNNING");
  const loop = record("outer", "RUNNING", root);
  const tree = taskTree([root, loop, record("outer[0]", "SUCCEEDED", loop), record("outer[1]", "RUNNING", loop)]);
  expect(stepStates(tree, size)).toEqual({ outer: { look: "running", count: "1/3" } });
});
