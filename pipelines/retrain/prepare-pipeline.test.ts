import { expect, test } from "vitest";
import { checkLimits, validateSpec } from "../../specs/index.ts";
import { preparePipeline } from "./prepare-pipeline.ts";

const phases = [
  { name: "scatter", title: "reading", pieces: 30 },
  { name: "check", title: "checking", pieces: 1 },
  { name: "gather", title: "splitting", pieces: 8 },
];

const compiled = () =>
  preparePipeline({
    image: `us-docker.pkg.dev/p/r/prepare@sha256:${"a".repeat(64)}`,
    phases,
    workers: 4,
    machine: { cpu: "4", memory: "16G" },
    buckets: ["mine", "theirs"],
  });

test("is a spec that Vertex takes, and the same each time", () => {
  expect(validateSpec(compiled().spec)).toEqual([]);
  expect(checkLimits(compiled().spec)).toEqual([]);
  expect(JSON.stringify(compiled().spec)).toBe(JSON.stringify(compiled().spec));
});

test("shares out each phase, which waits for all of the one before", () => {
  const { root } = compiled().spec;
  const tasks = Object.values(root?.dag?.tasks ?? {});
  expect(tasks).toHaveLength(phases.length);
  const loops = tasks.map((task) => JSON.parse(task.parameterIterator?.items?.raw ?? "[]"));
  expect(loops).toEqual([[0, 1, 2, 3], [0], [0, 1, 2, 3]]);
  expect(tasks.map((task) => task.dependentTasks?.length ?? 0)).toEqual([0, 1, 1]);
});
