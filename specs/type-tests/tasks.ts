import {
  boolean,
  concat,
  container,
  customJob,
  double,
  executorInput,
  ifPresent,
  importer,
  int,
  list,
  Model,
  pipeline,
  string,
  struct,
  tpu,
} from "../index.ts";

/** What must not compile about what a task is given and told; `tsc` checks it. Nothing here runs. */

const work = container("work", {
  image: "i",
  inputs: {
    text: string({ default: "" }),
    names: list<string>({ default: [] }),
    anything: list({ default: [] }),
    config: struct<{ epochs: number; name: string }>({ optional: true }),
    options: struct({ default: {} }),
  },
  outputs: { text: string(), count: int(), ratio: double(), done: boolean(), model: Model },
});

export function tasks(): void {
  pipeline("tasks", { inputs: { machine: string(), chips: int(), note: string() } }, ({ machine, chips, note }) => {
    const first = work();
    // Right: values stand in texts, lists and structs.
    work({ text: `from ${first.text} to ${note}` });
    work({ names: ["a", first.text, `b-${note}`] });
    work({ anything: [1, { deep: [first.count, note] }], options: { ratio: first.ratio } });
    work({ config: { epochs: first.count, name: note } });
    // Right: settings from parameters.
    work().cpu(machine).memory({ limit: note, request: "1G" }).accelerator(machine, "2").image(note);
    work().runOn(customJob({ hardware: { machineType: machine, accelerator: { type: note, count: chips } } }));
    work().runOn(customJob({ hardware: tpu("v5e", "2x4"), strategy: "spot", displayName: `train ${note}` }));

    // @ts-expect-error A number is no name.
    work({ names: [1] });
    // @ts-expect-error A count is no name.
    work({ names: [first.count] });
    // @ts-expect-error The name is a text.
    work({ config: { epochs: 1, name: 3 } });
    // @ts-expect-error The epochs are a number.
    work({ config: { epochs: note, name: "a" } });
    // @ts-expect-error The name is missing.
    work({ config: { epochs: 1 } });
    // @ts-expect-error An artifact is no JSON.
    work({ anything: [first.model] });
    // @ts-expect-error A number of cores is written as a text.
    work().cpu(4);
    // @ts-expect-error Retries are counted.
    work().retry({ backoffSeconds: 1 });
    // @ts-expect-error The strategy is one of three.
    work().runOn(customJob({ hardware: tpu("v5e", "2x4"), strategy: "cheap" }));
    // @ts-expect-error There is no such slice.
    tpu("v5e", "3x3");
    // @ts-expect-error A CustomJob needs hardware.
    customJob({ strategy: "spot" });
    // @ts-expect-error Environment variables are texts that are known now.
    work().env({ A: note });
    // @ts-expect-error An importer has no environment.
    importer(Model, { uri: note }).env({ A: "b" });
    // @ts-expect-error A Model's URI is a text.
    importer(Model, { uri: chips });
  });

  container("placeholders", {
    image: "i",
    inputs: { a: int(), m: Model, o: string({ optional: true }) },
    outputs: { p: double(), d: Model },
    // Right: every placeholder.
    command: ({ inputs, outputs }) => [
      `${inputs.a}`,
      inputs.m.path,
      inputs.m.uri,
      inputs.m.metadata.field("x"),
      outputs.p.path,
      outputs.d.uri,
      executorInput,
      concat("a", inputs.a),
      ifPresent(inputs.o, ["--o", inputs.o], "none"),
    ],
    // @ts-expect-error A parameter has no URI.
    args: ({ inputs }) => [inputs.a.uri],
  });
}
