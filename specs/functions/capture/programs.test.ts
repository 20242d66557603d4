import { afterAll, describe, expect, test } from "vitest";
import { bundle } from "../index.ts";
import { Author, type Ended, result, runComponent } from "../testing/author.ts";

const author = new Author();
afterAll(() => author.remove());
let count = 0;

const language = `import { container, Dataset, int, pipeline, task } from "retemper/specs";`;

/** What the function of a module returns as `result` when it runs by itself. */
async function run(text: string, files: Record<string, string> = {}): Promise<Ended> {
  const folder = `case-${++count}`;
  const all = { ...files, "author.ts": `${language}\n${text}` };
  author.write(Object.fromEntries(Object.entries(all).map(([path, content]) => [`${folder}/${path}`, content])));
  return runComponent(author.component(`${folder}/author.ts`, { outputs: result }), author);
}

async function resultOf(text: string, files?: Record<string, string>): Promise<unknown> {
  const ended = await run(text, files);
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  return ended.returned["result"];
}

describe("a function in every form", () => {
  const forms = {
    arrow: `task("work", {}, () => { return { result: [one] }; });`,
    "arrow with an expression": `task("work", {}, async () => ({ result: [one] }));`,
    "function expression": `task("work", {}, function () { return { result: [one] }; });`,
    "async function, named": `task("work", {}, async function named() { return { result: [one, typeof named === "function" ? 1 : 0].slice(0, 1) }; });`,
    "declared function": `task("work", {}, body);\nasync function body() { return { result: [one] }; }`,
    generic: `task("work", {}, <T extends object>(_: T) => ({ result: [one] as const satisfies readonly number[] }));`,
    made: `const make = (x: number) => () => ({ result: [x] });\ntask("work", {}, make(one));`,
    "default export": `export default task("work", {}, () => ({ result: [one] }));`,
    "in brackets": `task("work", {}, (0, async () => ({ result: [one] })));`,
    "in a list": `const all = [task("work", {}, () => ({ result: [one] })), task("other", {}, () => ({ result: [2] }))];`,
  };
  test.each(Object.entries(forms))("%s", async (_, text) => {
    expect(await resultOf(`const one: number = 1;\n${text}`)).toEqual([1]);
  });

  test("with types everywhere, destructuring, defaults, nested functions and shadowed names", async () => {
    const text = `
interface Row<T> { readonly n: T; readonly nested?: { deep?: number[] } }
const rows: Row<number>[] = [{ n: 1 }, { n: 2, nested: { deep: [3, 4] } }];
const n = 100;
abstract class Base<T> { abstract of(row: Row<T>): T; }
class Sum extends Base<number> {
  #offset: number = n;
  static #made = 0;
  static make(): Sum { Sum.#made++; return new Sum(); }
  override of({ n, nested: { deep: [first = 0, ...others] = [] } = {} }: Row<number>): number {
    return this.#offset + n + first + others.length;
  }
}
task("work", {}, async ({ inputs: { missing = n } = { inputs: {} } as never }: any) => {
  const inner = (n: number = missing): number => (n > 1 ? inner(n - 1) + 1 : n);
  const sum = Sum.make();
  outer: for (const { n } of rows) { for (;;) continue outer; }
  return { result: [...rows.map((row) => sum.of(row)), inner(3), missing, rows!.length as number] };
});`;
    expect(await resultOf(text)).toEqual([101, 106, 3, 100, 2]);
  });
});

describe("what it names goes along", () => {
  test("helpers, and what they name: over modules, re-exports, stars, namespaces, JSON, dynamic imports", async () => {
    const result = await resultOf(
      `
import config, { title } from "./config.json" with { type: "json" };
import fallback, { mean as average, type Unused } from "./index.ts";
import * as all from "./index.ts";
import type { Other } from "./does-not-exist.ts";
task("work", {}, async (_: Other | Unused) => {
  const { late } = await import("./late.ts");
  return { result: [average([1, 3]), all.median([1, 5, 2]), fallback(), title, config.size, late(), all.numbers.one, all["max"](1, 2)] };
});`,
      {
        "config.json": `{ "title": "T", "size": 2 }`,
        "index.ts": `export * from "./statistics.ts";
export { default } from "./fallback.ts";
export * as numbers from "./numbers.ts";
export type Unused = string;`,
        "statistics.ts": `import { sum } from "./sum.ts";
export const mean = (xs: number[]) => sum(xs) / xs.length;
export function median(xs: number[]): number;
export function median(xs: readonly number[]): number { return [...xs].sort((a, b) => a - b)[xs.length >> 1] ?? NaN; }
const { max: largest } = Math;
export { largest as max };`,
        "sum.ts": `export function sum(xs: number[]) { let all = 0; for (const x of xs) all += x; return all; }`,
        "fallback.ts": `export default (0, () => "fallback");`,
        "numbers.ts": `export const one = 1, two = 2;`,
        "late.ts": `export const late = () => "late";`,
      },
    );
    expect(result).toEqual([2, 2, "fallback", "T", 2, "late", 1, 2]);
  });

  test("packages, ES modules and CommonJS, with Node's own modules", async () => {
    const result = await resultOf(
      `
import { shout } from "loud";
import old from "old";
task("work", {}, () => ({ result: [shout("a"), old.join("b", "c")] }));`,
      {
        "node_modules/loud/package.json": `{ "name": "loud", "version": "1.0.0", "type": "module", "exports": "./main.js" }`,
        "node_modules/loud/main.js": `import { EOL } from "os"; export const shout = (x) => x.toUpperCase() + EOL.length; export const other = () => document;`,
        "node_modules/old/package.json": `{ "name": "old", "version": "2.0.0" }`,
        "node_modules/old/index.js": `const { posix } = require("path");
let faster = null;
try { faster = require("not-installed"); } catch {}
module.exports = { join: faster ?? posix.join };`,
      },
    );
    expect(result).toEqual(["A1", "b/c"]);
  });

  test("nothing else: no other component, pipeline, import or statement of a module that writes pipelines", async () => {
    const ended = await run(
      `
import { readFileSync } from "node:fs";
import { compile } from "retemper/specs";
import { helper } from "./helper.ts";
const scale = 10;
const settings = readFileSync("/does/not/exist");
const train = container("train", { image: "python" });
export const other = pipeline("other", {}, () => { train({ x: scale, settings }); });
task("work", {}, () => ({ result: [helper(scale)] }));
console.log("from the author's module");
if (process.argv.length > 0) throw new Error("not here");
export { compile };`,
      {
        "helper.ts": `import { container } from "retemper/specs";
export const component = container("other", { image: "python" });
export const helper = (x: number) => x + 1;
console.log("from the helper's module");`,
      },
    );
    expect(ended).toMatchObject({ status: 0, stdout: "", returned: { result: [11] } });
  });

  test("statements that change it", async () => {
    const result = await resultOf(`
const table = new Map<string, number>();
const list: number[] = [];
const object: Record<string, number> = {};
const frozen = { x: 1 };
let counter = 0;
table.set("a", 1).set("b", 2);
for (const x of [1, 2]) list.push(x);
object["x"] = 3;
counter++;
Object.assign(frozen, { y: 5 });
if (counter > 0) { delete object["none"]; object["z"] = counter; }
task("work", {}, () => ({ result: [...table.values(), list, object, counter, frozen] }));`);
    expect(result).toEqual([1, 2, [1, 2], { x: 3, z: 1 }, 1, { x: 1, y: 5 }]);
  });

  test("all that a plain helper module does when it is loaded", async () => {
    const ended = await run(
      `
import "./polyfill.ts";
import { value } from "./helper.ts";
task("work", {}, () => ({ result: [value()] }));`,
      {
        "polyfill.ts": `console.log("of the author's module");`,
        "helper.ts": `import "./setup.ts";\nconsole.log("helper");\nexport const value = () => (globalThis as any).ready;`,
        "setup.ts": `(globalThis as any).ready = "yes";`,
      },
    );
    expect(ended).toMatchObject({ status: 0, stdout: "helper\n", returned: { result: ["yes"] } });
  });

  test("modules that import each other", async () => {
    const result = await resultOf(
      `import { even } from "./even.ts";\ntask("work", {}, () => ({ result: [even(4), even(3)] }));`,
      {
        "even.ts": `import { odd } from "./odd.ts";\nexport const even = (x: number): boolean => x === 0 || odd(x - 1);`,
        "odd.ts": `import { even } from "./even.ts";\nexport const odd = (x: number): boolean => x !== 0 && even(x - 1);`,
      },
    );
    expect(result).toEqual([true, false]);
  });
});

describe("the program", () => {
  const text = `${language}
import { shout } from "loud";
import { helper } from "./lib/helper.ts";
task("work", {}, () => ({ result: [shout(helper()), "{{$.inputs}}", "{{~$", \`{{\${1}}}\`] }));`;
  const files = {
    "author.ts": text,
    "lib/helper.ts": `export const helper = () => new Error("x").message;`,
    "node_modules/loud/package.json": `{ "name": "loud", "version": "1.0.0", "main": "index.js" }`,
    "node_modules/loud/index.js": `/*! Loud, (c) Somebody */ module.exports = { shout: (x) => x.toUpperCase(), file: __filename };`,
  };
  const place = (folder: string) =>
    author.write(Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content])));

  test("is the same to the byte, wherever and whenever it is made, and tells nothing of where", async () => {
    const texts = new Set<string | undefined>();
    for (const folder of ["here", "over/there", "here"]) {
      place(folder);
      const { node } = await bundle(author.component(`${folder}/author.ts`, { outputs: result }));
      texts.add(node.bundle);
    }
    expect(texts.size).toBe(1);
    const [program = ""] = texts;
    for (const trace of [author.folder, process.cwd(), "here/", String(new Date().getFullYear())]) {
      expect(program).not.toContain(trace);
    }
  });

  test("can be made small, keeps what Vertex would take for a placeholder, and says what went along", async () => {
    place("small");
    const component = author.component("small/author.ts", { outputs: result });
    const small = await bundle(component, { minify: true });
    const plain = await bundle(component);
    expect(small.functions[0]?.bytes).toBeLessThan((plain.functions[0]?.bytes ?? 0) * 0.7);
    expect(plain.functions).toEqual([
      { name: "work", bytes: expect.any(Number), bundled: ["loud@1.0.0"], installed: {} },
    ]);
    for (const each of [small, plain]) {
      const ended = await runComponent(each, author);
      expect(ended.returned).toEqual({ result: ["X", "{{$.inputs}}", "{{~$", "{{1}}"] });
    }
  });

  test("may be longer than one word of a command line", async () => {
    author.write({
      "long.ts": `${language}\nconst long = ${JSON.stringify("é𝒳".repeat(60_000))};\ntask("work", {}, () => ({ result: [long.length] }));`,
    });
    const ended = await runComponent(author.component("long.ts", { outputs: result }), author);
    expect(ended).toMatchObject({ status: 0, returned: { result: [180_000] } });
  });

  test("may not be longer than a command line", async () => {
    author.write({
      "huge.ts": `${language}\nconst huge = ${JSON.stringify("x".repeat(1_600_000))};\ntask("work", {}, () => ({ result: [huge] }));`,
    });
    await expect(bundle(author.component("huge.ts"))).rejects.toMatchObject({ code: "not-bundled" });
  });
});
