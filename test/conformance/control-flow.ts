import {
  artifactList,
  boolean,
  container,
  Dataset,
  double,
  exitHandler,
  importer,
  int,
  list,
  type Pipeline,
  parallelFor,
  pipeline,
  string,
  struct,
  taskFinalStatus,
  when,
} from "../../specs/index.ts";

/** The pipelines of `control_flow.py`. */

const make = container("make", {
  image: "make",
  inputs: { x: string() },
  outputs: {
    text: string(),
    number: int(),
    rate: double(),
    flag: boolean(),
    items: list<string>(),
    numbers: list({ items: int() }),
    flags: list({ items: struct({ fields: boolean() }) }),
  },
  command: ({ inputs, outputs }) => [
    "make",
    inputs.x,
    outputs.text.path,
    outputs.number.path,
    outputs.rate.path,
    outputs.flag.path,
    outputs.items.path,
    outputs.numbers.path,
    outputs.flags.path,
  ],
});
const use = container("use", {
  image: "use",
  inputs: {
    text: string({ default: "" }),
    number: int({ default: 0 }),
    rate: double({ default: 0.5 }),
    flag: boolean({ default: false }),
    items: list({ default: [] }),
  },
  args: ({ inputs }) => [inputs.text, inputs.number, inputs.rate, inputs.flag, inputs.items],
});
const makeData = container("make-data", {
  image: "make",
  inputs: { x: string() },
  outputs: { data: Dataset },
  args: ({ inputs, outputs }) => [inputs.x, outputs.data.path],
});
const useData = container("use-data", {
  image: "use",
  inputs: { data: Dataset },
  args: ({ inputs }) => [inputs.data.uri],
});
const useAll = container("use-all", {
  image: "use",
  inputs: { data: artifactList(Dataset) },
  args: ({ inputs }) => [inputs.data],
});
const finish = container("finish", {
  image: "finish",
  inputs: { status: taskFinalStatus(), text: string({ default: "" }) },
  args: ({ inputs }) => [inputs.status, inputs.text],
});
const say = container("say", { image: "say", inputs: { text: string() }, args: ({ inputs }) => [inputs.text] });

const branchesInALoop = pipeline(
  "branches-in-a-loop",
  {
    inputs: {
      drum: boolean({ default: true }),
      again: boolean({ default: true }),
      trials: list({ items: int(), default: [1, 2, 3] }),
    },
  },
  ({ drum, again, trials }) => {
    const made = parallelFor(trials, (trial) => {
      const task = make({ x: "trial" }).cache(false);
      when(drum.equals(true), () => {
        when(trial.equals(3), () => void say({ text: "last" }));
      });
      when(task.number.lessThan(5000), () => {
        const low = when(task.text.equals("even"), () => make({ x: "low even" })).otherwise(() =>
          make({ x: "low odd" }),
        );
        say({ text: low.text });
      })
        .elseWhen(task.number.greaterThan(5000), () => {
          const high = when(task.rate.atLeast(0.25), () => make({ x: "high" })).otherwise(() => make({ x: "higher" }));
          say({ text: high.text });
        })
        .otherwise(() => {
          say({ text: "exactly" });
          when(again.equals(true), () => {
            parallelFor([1, 2], () => void say({ text: "again" }));
          });
        });
      return task;
    });
    use({ items: made.number });
  },
);

const nested = pipeline("nested", { inputs: { start: int(), names: list<string>() } }, ({ start, names }) => {
  const made = make({ x: "m" });
  when(start.greaterThan(1), () => {
    when(made.number.lessThan(3), () => {
      const last = parallelFor(names, (name) => {
        when(name.equals("u"), () => {
          const inner = make({ x: name });
          parallelFor(
            inner.items,
            (item) => {
              when(item.notEquals(name), () => void use({ text: item, number: made.number })).otherwise(
                () => void use({ text: name, number: inner.number, rate: made.rate }),
              );
            },
            { parallelism: 1 },
          );
        });
        return make({ x: "w" });
      });
      use({ items: last.flag });
    });
  }).otherwise(() => void use({ number: start }));
});

const oneOf = pipeline("one-of", { inputs: { start: int() } }, ({ start }) => {
  const made = make({ x: "m" });
  const both = (x: string) => () => ({ number: make({ x }).number, data: makeData({ x }).data });
  parallelFor([1, 2], (item) => {
    when(item.equals(2), () => {
      const chosen = when(start.equals(7), both("1")).elseWhen(made.number.equals(3), both("2")).otherwise(both("3"));
      use({ number: chosen.number });
      useData({ data: chosen.data });
      when(start.equals(8), () => void use({ number: chosen.number }));
      parallelFor([9], () => void useData({ data: chosen.data }));
    });
  });
  const last = when(start.equals(5), () => ({ number: make({ x: "p" }).number })).otherwise(() => {
    const inner = when(start.equals(6), () => make({ x: "r" })).otherwise(() => make({ x: "s" }));
    use({ number: inner.number });
    return { number: make({ x: "t" }).number };
  });
  return { Output: last.number };
});

const collected = pipeline("collected", {}, () => {
  const outer = parallelFor([1, 2], () => {
    const inner = parallelFor([3, 4], (item) => {
      const made = when(item.equals(4), () => {
        const { number, text } = make({ x: "m" });
        return { number, text, data: makeData({ x: "d" }).data };
      });
      return { number: made.number, text: made.text, data: made.data };
    });
    use({ items: inner.number });
    useAll({ data: inner.data });
    return inner;
  });
  use({ items: outer.number });
  parallelFor([5], () => void use({ items: outer.text }));
  return { numbers: outer.number, data: outer.data };
});

const items = pipeline("items", {}, () => {
  const made = make({ x: "m" });
  parallelFor(made.numbers, (number) => void use({ number }));
  parallelFor(made.flags, (flags) => {
    use({ flag: flags.field("a") });
    when(flags.field("b").equals(true), () => void use({ flag: flags.field("a") }));
  });
  // Of lists in lists, Kubeflow takes every item for a text.
  parallelFor([[1, 2], [3]] as never as string[][], (several) => {
    parallelFor(several, (text) => void use({ text }));
  });
  parallelFor([{ a: [1, 2] }, { a: [3] }] as never as { a: string[] }[], (each) => {
    use({ items: each.field("a") });
    parallelFor(each.field("a"), (text) => void use({ text }));
  });
  parallelFor([1e-5, 1e20, 0.1, 100], (rate) => void use({ rate }));
  parallelFor(["é", '"q"', "😀"], (text) => void say({ text }), { parallelism: 2 });
});

const texts = pipeline("texts", { inputs: { names: list<string>(), start: string() } }, ({ names, start }) => {
  parallelFor(["a", "b"], (name) => void say({ text: `x ${name} y ${start}` }));
  parallelFor(names, (name) => void say({ text: `x ${name} y` }));
  const made = make({ x: start });
  parallelFor(made.items, (item) => {
    say({ text: `x ${item} y ${made.text}` });
    when(made.number.equals(3), () => void say({ text: `z ${start} ${made.text} ${made.number} ${start}` }));
  });
  use({ items: [1, { x: [start, 2.5] }, `-${start}-`] });
});

const numbers = pipeline(
  "numbers",
  { inputs: { number: int(), rate: double(), flag: boolean(), text: string() } },
  ({ number, rate, flag, text }) => {
    const conditions = [
      number.notEquals(rate),
      rate.greaterThan(1e-7),
      rate.atMost(123456789.125),
      number.atLeast(-5),
      flag.notEquals(true),
      text.greaterThan("a"),
      number.greaterThan(2.5),
    ];
    for (const [index, condition] of conditions.entries()) {
      when(condition, () => void say({ text: "abcdefg".charAt(index) }));
    }
  },
);

const message = string({ default: "m" });
const exitHandlers = pipeline("exit-handlers", { inputs: { message } }, (given) => {
  const before = make({ x: "before" });
  exitHandler(
    finish({ text: given.message }),
    () => {
      const made = make({ x: before.text });
      when(made.number.equals(3), () => {
        parallelFor(before.items, (text) => void say({ text }), { parallelism: 2 });
      }).otherwise(() => void say({ text: given.message }));
    },
    { name: "the first" },
  );
  const handled = exitHandler(use({ text: "plain" }), () => void say({ text: "y" }).after(before));
  say({ text: "last" }).after(handled);
});

const cleanUp = pipeline(
  "clean-up",
  { inputs: { text: string({ default: "q" }), status: taskFinalStatus() }, unusedInputs: "allow" },
  ({ text }) => {
    when(text.equals("q"), () => void say({ text }));
  },
);
const pipelineAsExit = pipeline(
  "pipeline-as-exit",
  { inputs: { message: string({ default: "hi" }) } },
  ({ message: text }) => {
    exitHandler(cleanUp({ text }), () => void say({ text }), { name: "the whole" });
  },
);

const innermost = pipeline("innermost", { inputs: { start: int() } }, ({ start }) => {
  parallelFor([1, 2], (item) => {
    const made = make({ x: "in" });
    when(item.equals(start), () => void use({ number: made.number }));
  });
  return { Output: make({ x: "out" }).number };
});
const middle = pipeline("middle", { inputs: { start: int() } }, ({ start }) => {
  const one = innermost({ start });
  const two = innermost({ start: one.Output });
  when(two.Output.equals(4), () => void innermost({ start: 5 }));
  return two;
});
const pipelinesInPipelines = pipeline(
  "pipelines-in-pipelines",
  { inputs: { start: int({ default: 3 }) } },
  ({ start }) => {
    const one = middle({ start });
    parallelFor(
      [7, 8],
      (item) => {
        const two = middle({ start: item });
        use({ number: two.Output });
        middle({ start: one.Output });
      },
      { parallelism: 2 },
    );
    return one;
  },
);

const imports = pipeline("imports", { inputs: { uri: string(), names: list<string>() } }, ({ uri, names }) => {
  const first = importer(Dataset, { uri, reimport: true });
  useData({ data: first });
  parallelFor(names, (name) => {
    useData({ data: importer(Dataset, { uri: name, metadata: { k: name, j: { v: [uri, "w"] } } }) });
    useData({ data: first });
  });
  when(uri.equals("gs://x"), () => void useData({ data: importer(Dataset, { uri: "gs://y" }) }));
});

const artifactInputs = pipeline(
  "artifact-inputs",
  { inputs: { one: Dataset, several: artifactList(Dataset), start: string() } },
  ({ one, several, start }) => {
    useData({ data: one });
    useAll({ data: several });
    parallelFor(several, (each) => {
      useData({ data: each });
      when(start.equals("x"), () => {
        useData({ data: each });
        useData({ data: one });
      });
    });
    const chosen = when(start.equals("g"), () => {
      useAll({ data: several });
      return makeData({ x: "1" });
    }).otherwise(() => makeData({ x: "2" }));
    return { data: chosen.data, text: make({ x: start }).text };
  },
);

const order = pipeline("order", { inputs: { start: int() } }, ({ start }) => {
  const said: ReturnType<typeof say>[] = [];
  const keep = (text: string) => void said.push(say({ text }));
  const first = say({ text: "a" });
  when(start.equals(1), () => void say({ text: "b" }).after(first)).otherwise(() => keep("c"));
  const [otherwise = first] = said;
  const afterBranches = say({ text: "d" }).after(otherwise);
  parallelFor([1], (item) => {
    when(item.equals(1), () => keep("e"));
  });
  const [, inside = first] = said;
  say({ text: "f" }).after(inside, afterBranches);
  const made = make({ x: "g" });
  finish({ text: "h" }).after(made).ignoreUpstreamFailure();
  parallelFor([1], () => {
    const inner = make({ x: "i" });
    finish({ text: inner.text }).ignoreUpstreamFailure();
  });
});

const settings = pipeline("settings", { inputs: { start: string(), cpu: string() } }, ({ start, cpu }) => {
  say({ text: "1" }).displayName("hello");
  say({ text: "2" }).retry({ count: 3, backoffSeconds: 5, backoffFactor: 3, backoffMaxSeconds: 3600 });
  say({ text: "3" }).cpu(cpu);
  when(start.equals("x"), () => void say({ text: "4" }).cache({ key: "key" }), { name: "a branch" })
    .elseWhen(start.equals("y"), () => void say({ text: "5" }).cpu("2"), { name: "another" })
    .otherwise(() => void say({ text: "6" }).env({ A: "b" }).memory("4G"), { name: "the last" });
  parallelFor(["1", "2"], (item) => void say({ text: "7" }).cpu(item), { name: "a loop" });
});

export const pipelines: readonly Pick<Pipeline<never, never>, "node">[] = [
  branchesInALoop,
  nested,
  oneOf,
  collected,
  items,
  texts,
  numbers,
  exitHandlers,
  pipelineAsExit,
  pipelinesInPipelines,
  imports,
  artifactInputs,
  order,
  settings,
];
