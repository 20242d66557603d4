import { expect, test } from "vitest";
import { compile, Dataset, double, int, pipeline, SpecError, task, when } from "../../index.ts";
import { bundle } from "../index.ts";

const scale = 10;
const half = (x: number): number => x / 2;

const scaled = task(
  "scaled",
  {
    description: "Half, scaled.",
    inputs: { x: int({ default: 3 }) },
    outputs: { y: double() },
    env: { MODE: "test" },
    packages: { "left-pad": "1.3.0" },
  },
  ({ inputs }) => ({ y: half(inputs.x) * scale }),
);

test("the component is plain data, and knows where it was written", () => {
  expect(scaled.node).toEqual({
    kind: "function",
    name: "scaled",
    description: "Half, scaled.",
    inputs: { x: { kind: "parameter", type: "int", optional: true, default: 3 } },
    outputs: { y: { kind: "parameter", type: "double", optional: false } },
    source: { text: expect.stringContaining("half(inputs.x)"), file: import.meta.filename, line: 8, column: 16 },
    image: expect.stringMatching(/^node:\d+\.\d+\.\d+-slim$/),
    packages: { "left-pad": "1.3.0" },
    environment: { MODE: "test" },
  });
});

test("a version that can change is refused", () => {
  for (const version of ["^1.0.0", "1.x", "latest", ""]) {
    const make = () => task("work", { packages: { "left-pad": version } }, () => {});
    expect(make).toThrow(
      expect.objectContaining({ code: "invalid-value", place: expect.objectContaining({ task: "work" }) }),
    );
  }
});

const measure = task("measure", { inputs: { data: Dataset }, outputs: { size: int() } }, () => ({ size: 1 }));
const inner = pipeline("inner", { inputs: { data: Dataset } }, ({ data }) => ({ size: measure({ data }).size }));

test("it takes the place of a container in a pipeline, however deep, once it is bundled", async () => {
  const outer = pipeline("outer", { inputs: { data: Dataset } }, ({ data }) => {
    const { size } = inner({ data });
    when(size.atLeast(1), () => {
      scaled({ x: size }).cpu("2").env({ MORE: "1" });
      scaled({});
    });
  });
  expect(() => compile(outer)).toThrow(SpecError);
  expect(() => compile(outer)).toThrow(expect.objectContaining({ code: "not-bundled" }));

  const bundled = await bundle(outer);
  expect(bundled.functions).toEqual([
    { name: "measure", bytes: expect.any(Number), bundled: [], installed: {} },
    { name: "scaled", bytes: expect.any(Number), bundled: [], installed: { "left-pad": "1.3.0" } },
  ]);
  const { deployment } = compile(bundled);
  const containers = Object.values(deployment.executors ?? {}).flatMap(({ container }) => container ?? []);
  expect(containers).toHaveLength(3);
  for (const container of containers) {
    expect(container).toMatchObject({
      image: scaled.node.image,
      command: expect.arrayContaining(["node", "--eval"]),
      args: ["--executor-input", "{{$}}"],
    });
  }
});

test("a pipeline without a function is left as it is", async () => {
  const { node } = await bundle(inner);
  expect(compile({ node: (await bundle({ node })).node }).digest).toBe(compile({ node }).digest);
  const plain = {
    kind: "importer",
    name: "i",
    artifact: Dataset,
    reimport: false,
    metadata: {},
    metadataInputs: {},
    downloadToWorkspace: false,
  } as const;
  expect((await bundle({ node: plain })).node).toBe(plain);
});
