import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

/** Every example in the documents and in the language's comments compiles. */

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = await mkdtemp(join(root, "specs/type-tests/examples/.examples-"));
afterAll(() => rm(folder, { recursive: true }));

/** Modules whose names an example without imports may use. */
const modules = [
  "./specs/type-tests/examples/fixtures.ts",
  "./specs/index.ts",
  "./specs/kubernetes/index.ts",
  "./specs/functions/index.ts",
  "./specs/diff/index.ts",
  "./specs/load/index.ts",
  "./specs/testing/index.ts",
  "./local/vertex/admin/client.ts",
  "node:fs/promises",
];
const files = ["docs/*.md", "README.md", "specs/**/*.ts"].flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
const examples = files.flatMap((file) => [...examplesIn(file)]);

test("there are examples in documents and in comments", () => {
  expect(examples.filter(({ file }) => file.endsWith(".md")).length).toBeGreaterThan(5);
  expect(examples.filter(({ file }) => file.endsWith(".ts")).length).toBeGreaterThan(10);
});

test("each compiles", async () => {
  const names = await exportedNames();
  const written = await Promise.all(
    examples.map(async ({ file, line, code }, index) => {
      const path = join(folder, `example${index}.ts`);
      await writeFile(path, moduleOf(code, names));
      return { path, place: `${file}:${line}` };
    }),
  );
  const said = await check(written.map(({ path }) => path));
  const mistakes = written.reduce((text, { path, place }) => text.replaceAll(relative(root, path), place), said);
  expect(mistakes).toBe("");
});

function* examplesIn(file: string): Iterable<{ file: string; line: number; code: string }> {
  const text = readFileSync(join(root, file), "utf8");
  const inComment = file.endsWith(".ts");
  const blocks = inComment ? /^( *)\* ```ts\n([\s\S]*?)^ *\* ```$/gm : /^()```ts\n([\s\S]*?)^```$/gm;
  for (const found of text.matchAll(blocks)) {
    const line = text.slice(0, found.index).split("\n").length;
    const code = (found[2] ?? "").replaceAll(inComment ? /^ *\* ?/gm : /^/gm, "");
    yield { file, line, code };
  }
}

/** What an example uses and neither declares nor imports is imported. */
function moduleOf(code: string, names: ReadonlyMap<string, string>): string {
  const whole = code.replaceAll("…", "").replaceAll('from "./', 'from "../../../../');
  const declared = new Set([...whole.matchAll(/\b(?:const|function|let) (\w+)/g)].map(([, name]) => name));
  for (const [, list = ""] of whole.matchAll(/^import (?:type )?\{([^}]*)\}/gm)) {
    for (const name of list.split(",")) declared.add(name.replace("type ", "").trim());
  }
  const used = new Set([...whole.matchAll(/(?<![."'\w])([A-Za-z]\w*)\b(?! *:(?!:))/g)].map(([, name]) => name ?? ""));
  const imports = [...used]
    .filter((name) => names.has(name) && !declared.has(name))
    .map((name) => `import { ${name} } from "${names.get(name)}";\n`);
  return `${imports.join("")}${whole}\nexport {};\n`;
}

async function exportedNames(): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const module of [...modules].reverse()) {
    const local = module.startsWith("./");
    const exported: object = await import(local ? join(root, module) : module);
    for (const name of Object.keys(exported)) names.set(name, local ? module.replace("./", "../../../../") : module);
  }
  return names;
}

function check(paths: readonly string[]): Promise<string> {
  const options =
    "--ignoreConfig --noEmit --allowImportingTsExtensions --strict --module nodenext --target es2024 --skipLibCheck --types node";
  const tsc = join(root, "node_modules/.bin/tsc");
  return new Promise((resolve) => {
    execFile(tsc, [...options.split(" "), ...paths], { cwd: root }, (_failure, stdout) => resolve(stdout));
  });
}
