import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

/** What `tsc` says about a mistake is a part of the language. */

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = await mkdtemp(fileURLToPath(new URL("./.sentences-", import.meta.url)));
afterAll(() => rm(folder, { recursive: true }));

test.each([
  [
    "train({ baseModel: data, data });",
    'The input \\"baseModel\\" takes a system.Model, but is given a system.Dataset.',
  ],
  ["train({ baseModel: base, data, epochs: uri });", 'The input \\"epochs\\" takes an int, but is given a string.'],
  ["train({ baseModel: base, dat: data });", 'There is no input \\"dat\\".'],
  ["train({ baseModel: base });", "Property 'data' is missing"],
  [
    "train({ baseModel: train({ baseModel: base, data }), data });",
    'The input \\"baseModel\\" takes a system.Model, but is given a whole task: name one of its outputs.',
  ],
  ["train({ baseModel: base, data }).modle;", "Did you mean 'model'?"],
  [
    'train({ baseModel: when(uri.equals("a"), () => train({ baseModel: base, data })).model, data });',
    'The input \\"baseModel\\" takes a system.Model, but is given a value that may not exist: return it from every branch, with .otherwise(…) as the last.',
  ],
  [
    "train({ baseModel: parallelFor([1], () => train({ baseModel: base, data })).model, data });",
    'The input \\"baseModel\\" takes a system.Model, but is given a list of system.Model.',
  ],
  [
    "train({ baseModel: base, data, status: uri });",
    'The input \\"status\\" takes nothing: Vertex fills it in, but is given a string.',
  ],
  [
    'when(uri.equals("a"), () => train({ baseModel: base, data })).otherwise(() => ({ model: data }));',
    '\\"model\\" is of another type in the branch before.',
  ],
])("%s", async (mistake, sentence) => {
  const said = await check(`
    import { container, Dataset, importer, int, Model, parallelFor, pipeline, string, taskFinalStatus, when } from "../../index.ts";
    const train = container("train", {
      image: "trainer",
      inputs: { baseModel: Model, data: Dataset, epochs: int({ default: 3 }), status: taskFinalStatus() },
      outputs: { model: Model },
    });
    pipeline("p", { inputs: { uri: string() } }, ({ uri }) => {
      const base = importer(Model, { uri });
      const data = importer(Dataset, { uri });
      ${mistake}
    });
  `);
  expect(said).toContain(sentence);
  // At the very line of the mistake.
  expect(said).toMatch(/mistake\d+\.ts\(11,/);
});

let count = 0;
async function check(source: string): Promise<string> {
  const file = `${folder}/mistake${count++}.ts`;
  await writeFile(file, source);
  const options =
    "--ignoreConfig --noEmit --allowImportingTsExtensions --strict --module nodenext --target es2024 --skipLibCheck --types node";
  const tsc = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));
  return new Promise((resolve) => {
    execFile(tsc, [...options.split(" "), file], { cwd: root }, (_failure, stdout) => resolve(stdout));
  });
}
