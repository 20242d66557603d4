/**
 * What an author waits for: `tsc` on a pipeline of a hundred tasks, as a whole process, in a project that has the package
 * installed: `npm run bench -- authoring [--json]`.
 */
import { InstalledPackage } from "../test/package/installed-package.ts";
import { below, machine, print, type Result, result } from "./report/report.ts";

const aimSeconds = 3;
const tasks = 100;
const runs = 7;

const variants = [
  ["tsc on a pipeline of 100 tasks", ["--skipLibCheck"]],
  ["the same, checking all declarations too", []],
] as const;

async function main(): Promise<void> {
  await using installed = await InstalledPackage.create();
  await installed.write("pipeline.ts", pipelineOf(tasks));
  await installed.write("empty.ts", "export {};\n");
  const results: Result[] = [];
  for (const [what, options] of variants)
    results.push(result(what, "s", await measure(installed, "pipeline.ts", options)));
  results.push(result("tsc on an empty module", "s", await measure(installed, "empty.ts", ["--skipLibCheck"])));
  const [whole] = results;
  if (whole === undefined) throw new Error("nothing was measured");
  print({ name: "authoring", conditions: machine(), results, aims: [below(whole, aimSeconds)] });
}

async function measure(installed: InstalledPackage, file: string, options: readonly string[]): Promise<number[]> {
  const samples: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const begin = performance.now();
    const { status, output } = await installed.tsc(
      ...["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext"],
      ...options,
      file,
    );
    if (status !== 0) throw new Error(output);
    if (run > 0) samples.push((performance.now() - begin) / 1000);
  }
  return samples;
}

/** A component a task, each with its own inputs and outputs, in a chain with a branch and a loop now and then. */
function pipelineOf(count: number): string {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const components = numbers.map(
    (n) => `const step${n} = container("step-${n}", {
  image: "i",
  inputs: { model: Model, data: Dataset, rate${n}: double({ default: 0.5 }), steps: int({ default: ${n} }), note: string({ optional: true }) },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss${n}: double(), note: string() },
  command: ["run"],
  args: ({ inputs, outputs }) => ["--rate", inputs.rate${n}, "--model", inputs.model.path, "--out", outputs.model.path],
});`,
  );
  const body = numbers.map((n) => {
    const before = n === 0 ? "" : `t${n - 1}`;
    const given =
      n === 0 ? "model: base, data" : `model: ${before}.model, data: ${before}.data, rate${n}: ${before}.loss${n - 1}`;
    const task = `const t${n} = step${n}({ ${given} }).cpu("2").retry({ count: 2 });`;
    if (n % 10 === 5)
      return `${task}\n  when(t${n}.loss${n}.greaterThan(0.1), () => { step${n}({ model: t${n}.model, data: t${n}.data }); });`;
    if (n % 10 === 8)
      return `${task}\n  parallelFor([0.1, 0.2], (rate) => ({ m: step${n}({ model: t${n}.model, data: t${n}.data, rate${n}: rate }).model }));`;
    return task;
  });
  return `import { container, Dataset, double, importer, int, Metrics, Model, parallelFor, pipeline, string, when } from "retemper/specs";

${components.join("\n")}

export const large = pipeline("large", { inputs: { uri: string() } }, ({ uri }) => {
  const base = importer(Model, { uri });
  const data = importer(Dataset, { uri });
  ${body.join("\n  ")}
  return { model: t${count - 1}.model };
});
`;
}

await main();
