import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import {
  artifactList,
  boolean,
  customJob,
  Dataset,
  double,
  exitHandler,
  importer,
  int,
  list,
  Markdown,
  Metrics,
  machine,
  parallelFor,
  pipeline,
  string,
  struct,
  task,
  taskFinalStatus,
  when,
} from "../../specs/index.ts";
import { mean, meant } from "./statistics.ts";

interface Row {
  readonly name: string;
  readonly score: number;
}

const scale = 100;

/** Reads rows from YAML with a package that is installed when the task starts. */
const readRows = task(
  "read-rows",
  {
    inputs: { source: Dataset, field: string(), options: struct<{ readonly factor: number }>() },
    outputs: { rows: Dataset, count: int() },
    packages: { yaml: "2.9.1" },
  },
  async ({ inputs, outputs }) => {
    const raw = parse(await readFile(inputs.source.path, "utf8")) as readonly Record<string, number | string>[];
    const field = meant(inputs.field, Object.keys(raw[0] ?? {}));
    const rows = raw.map(
      (each): Row => ({ name: String(each["name"]), score: Number(each[field]) * inputs.options.factor }),
    );
    await mkdir(outputs.rows.path, { recursive: true });
    await writeFile(join(outputs.rows.path, "rows.yaml"), stringify(rows));
    outputs.rows.metadata["field"] = field;
    return { count: rows.length };
  },
);

const pick = task(
  "pick",
  { inputs: { rows: Dataset, name: string() }, outputs: { picked: Dataset, score: double() } },
  async ({ inputs, outputs }) => {
    const [file = ""] = await readdir(inputs.rows.path);
    const text = await readFile(join(inputs.rows.path, file), "utf8");
    const score = Number(new RegExp(`name: ${inputs.name}\\n\\s+score: (.*)`).exec(text)?.[1]);
    await writeFile(outputs.picked.path, JSON.stringify({ name: inputs.name, score } satisfies Row));
    return { score };
  },
);

const summarise = task(
  "summarise",
  {
    inputs: {
      picked: artifactList(Dataset),
      scores: list<number>(),
      title: string({ optional: true }),
      weights: list<number>(),
    },
    outputs: {
      report: Markdown,
      metrics: Metrics,
      best: string(),
      mean: double(),
      good: boolean(),
      all: struct<Record<string, number>>(),
    },
  },
  async ({ inputs, outputs }) => {
    const rows: Row[] = [];
    for (const { path } of inputs.picked) rows.push(JSON.parse(await readFile(path, "utf8")) as Row);
    rows.sort((a, b) => b.score - a.score);
    const [best] = rows;
    if (best === undefined) throw new Error("There are no rows.");
    await writeFile(
      outputs.report.path,
      `# ${inputs.title ?? "No title"}\n${rows.map(({ name }) => `- ${name}`).join("\n")}\n`,
    );
    outputs.metrics.metadata["mean"] = mean(inputs.scores) * scale;
    return {
      best: best.name,
      mean: mean(inputs.scores.map((score, index) => score * (inputs.weights[index] ?? 1))),
      good: best.score > 1,
      all: Object.fromEntries(rows.map(({ name, score }) => [name, score])),
    };
  },
);

const celebrate = task("celebrate", { inputs: { best: string() }, outputs: { words: string() } }, ({ inputs }) => ({
  words: `{{$}} ${inputs.best} wins!`,
}));

const report = task(
  "report",
  { inputs: { status: taskFinalStatus() }, outputs: { state: string() } },
  ({ inputs }) => ({ state: `${inputs.status.pipelineTaskName}: ${inputs.status.state}` }),
);

/** @param registry where npm finds packages */
export function contest(registry: string) {
  const choose = pipeline("choose", { inputs: { rows: Dataset, names: list<string>() } }, ({ rows, names }) => {
    const each = parallelFor(names, (name) => {
      const picked = pick({ rows, name });
      return { picked: picked.picked, score: picked.score };
    });
    return summarise({ picked: each.picked, scores: each.score, weights: [1, 1, 1] }).outputs;
  });
  return pipeline("contest", { inputs: { uri: string(), names: list<string>() } }, ({ uri, names }) => {
    exitHandler(report({}), () => {
      const source = importer(Dataset, { uri });
      const read = readRows({ source, field: "scor", options: { factor: 2 } }).env({ npm_config_registry: registry });
      const { best, good } = choose({ rows: read.rows, names });
      when(good.equals(true), () => {
        celebrate({ best });
      });
    });
  });
}

const shout = task("shout", { inputs: { text: string() }, outputs: { loud: string() } }, ({ inputs }) => ({
  loud: `${inputs.text.toUpperCase()} {{$}}`,
}));

export const onMachine = pipeline("on-machine", { inputs: { text: string() } }, ({ text }) => {
  shout({ text }).runOn(customJob({ hardware: machine("c3-standard-4") }));
});
