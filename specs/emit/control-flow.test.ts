import { expect, test } from "vitest";
import {
  artifactList,
  compile,
  container,
  Dataset,
  double,
  int,
  list,
  parallelFor,
  pipeline,
  string,
  when,
} from "../index.ts";

const make = container("make", { image: "i", outputs: { first: string(), second: string(), rates: double() } });
const say = container("say", { image: "i", inputs: { text: string() } });
const train = container("train", { image: "i", inputs: { rate: double() } });

test("a loop, and branches of which one always runs, can be waited for", () => {
  const { spec } = compile(
    pipeline("wait", { inputs: { start: string() } }, ({ start }) => {
      const inside: ReturnType<typeof say>[] = [];
      parallelFor(["a"], (text) => void inside.push(say({ text })));
      when(start.equals("x"), () => void say({ text: "b" })).otherwise(() => void inside.push(say({ text: "c" })));
      const [loop, branch] = inside;
      if (loop === undefined || branch === undefined) throw new Error("Each body runs once.");
      say({ text: "d" }).after(loop, branch);
    }),
  );
  expect(spec.root?.dag?.tasks?.["say-4"]?.dependentTasks).toEqual(["condition-branches-3", "for-loop-2"]);
});

test("a branch that may not run cannot be waited for", () => {
  const wait = pipeline("wait", { inputs: { start: string() } }, ({ start }) => {
    const inside: ReturnType<typeof say>[] = [];
    when(start.equals("x"), () => void inside.push(say({ text: "b" })));
    for (const task of inside) say({ text: "d" }).after(task);
  });
  expect(() => compile(wait)).toThrow(expect.objectContaining({ code: "unreachable" }));
});

test("of what branches give back, only what is used is named, in the order of its use", () => {
  const { spec } = compile(
    pipeline("choose", { inputs: { start: string() } }, ({ start }) => {
      const made = when(start.equals("x"), () => make()).otherwise(() => make());
      say({ text: made.second });
      say({ text: made.first });
      say({ text: made.second });
    }),
  );
  expect(Object.keys(spec.components?.["comp-condition-branches-1"]?.outputDefinitions?.parameters ?? {})).toEqual([
    "pipelinechannel--condition-branches-1-oneof-1",
    "pipelinechannel--condition-branches-1-oneof-2",
  ]);
  expect(spec.root?.dag?.tasks?.["say"]?.inputs?.parameters?.["text"]?.taskOutputParameter?.outputParameterKey).toBe(
    "pipelinechannel--condition-branches-1-oneof-1",
  );
});

test("literal numbers of which one is not whole are doubles, all of them", () => {
  const { spec } = compile(pipeline("rates", {}, () => parallelFor([1, 0.5], (rate) => void train({ rate }))));
  const loop = spec.components?.["comp-for-loop-2"]?.inputDefinitions?.parameters ?? {};
  expect(Object.values(loop)).toEqual([{ parameterType: "NUMBER_DOUBLE" }]);
  expect(spec.root?.dag?.tasks?.["for-loop-2"]?.parameterIterator?.items?.raw).toBe("[1.0, 0.5]");
});

test("a list of artifacts stands whole on a command line", () => {
  const merge = container("merge", {
    image: "i",
    inputs: { shards: artifactList(Dataset) },
    args: ({ inputs }) => ["--shards", inputs.shards],
  });
  expect(compile(merge).deployment.executors?.["exec-merge"]?.container?.args).toEqual([
    "--shards",
    "{{$.inputs.artifacts['shards']}}",
  ]);
});

test("an outer item inside a loop over the same list is refused: Kubeflow would take the inner one for it", () => {
  const pairs = pipeline("pairs", { inputs: { names: list<string>() } }, ({ names }) => {
    parallelFor(names, (outer) => {
      parallelFor(names, () => void say({ text: outer }));
    });
  });
  expect(() => compile(pairs)).toThrow(
    expect.objectContaining({ code: "unsupported", place: expect.objectContaining({ task: "say", input: "text" }) }),
  );
});

test("what an item of unknown type is compared with is a text, as the item is", () => {
  const { spec } = compile(
    pipeline("compare", { inputs: { flags: list<boolean>(), known: list({ items: int() }) } }, ({ flags, known }) => {
      parallelFor(flags, (flag) => {
        when(flag.equals(true), () => void say({ text: "a" }));
      });
      parallelFor(known, (number) => {
        when(number.equals(2), () => void say({ text: "b" }));
      });
    }),
  );
  const condition = (loop: string, branch: string) =>
    spec.components?.[loop]?.dag?.tasks?.[branch]?.triggerPolicy?.condition;
  expect(condition("comp-for-loop-1", "condition-2")).toMatch(/'pipelinechannel--flags-loop-item'\] == 'true'$/);
  expect(condition("comp-for-loop-3", "condition-4")).toMatch(/^int\(.*'pipelinechannel--known-loop-item'\]\) == 2$/);
});
