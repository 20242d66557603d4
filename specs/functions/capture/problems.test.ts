import { afterAll, describe, expect, test } from "vitest";
import type { PipelineNode, TaskNode } from "../../nodes/index.ts";
import { nowhere } from "../../origin.ts";
import { bundle, FunctionError, type FunctionProblem } from "../index.ts";
import { Author } from "../testing/author.ts";

const author = new Author();
afterAll(() => author.remove());
let count = 0;

/** What is wrong with the only task of a module. The place is written in it: `⟦name⟧`. */
async function problemsOf(
  marked: string,
  more: { files?: Record<string, string>; packages?: Record<string, string> } = {},
): Promise<{ problems: readonly FunctionProblem[]; marks: readonly object[] }> {
  const folder = `case-${++count}`;
  const marks = [...marked.matchAll(/⟦/g)].map(({ index }, nth) => {
    const before = marked.slice(0, index).replaceAll(/[⟦⟧]/g, "").split("\n");
    return { nth, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  });
  const files = { ...more.files, "author.ts": marked.replaceAll(/[⟦⟧]/g, "") };
  author.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])));
  const component = author.component(`${folder}/author.ts`, { packages: more.packages ?? {} });
  try {
    await bundle(component);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    expect(error.place).toMatchObject({ task: "work" });
    return { problems: error.problems, marks };
  }
  return { problems: [], marks };
}

async function expectProblems(
  marked: string,
  names: readonly string[],
  more: Parameters<typeof problemsOf>[1] = {},
): Promise<readonly string[]> {
  const { problems, marks } = await problemsOf(marked, more);
  expect(problems.map(({ name }) => name)).toEqual(names);
  const places = problems.map(({ location }, nth) => ({ nth, line: location?.line, column: location?.column }));
  expect(places).toEqual(marks);
  for (const { code, location } of problems) {
    expect(code).toBe("uncaptured");
    expect(location?.file).toMatch(/case-\d+\/author\.ts$/);
  }
  return problems.map(({ message }) => message);
}

const language = `import { container, int, pipeline, task } from "retemper/specs";`;

describe("a variable of a function around it", () => {
  test("is named, with the line that declares it", async () => {
    const [message] = await expectProblems(
      `${language}
const makeFilter = (threshold: number) =>
  task("work", {}, ({ inputs }) => inputs.x > ⟦threshold⟧);
export const filter = makeFilter(3);`,
      ["threshold"],
    );
    expect(message).toContain("(line 2)");
  });

  test("of a block too, and what a parameter's default says", async () => {
    await expectProblems(
      `${language}
{
  const limit = 3;
  task("work", {}, ({ inputs, top = ⟦limit⟧ }) => [inputs, top]);
}`,
      ["limit"],
    );
  });

  test("and `arguments` of it; each name once, all at once", async () => {
    await expectProblems(
      `${language}
function make(a: number, b: number) {
  return task("work", {}, () => [⟦a⟧, ⟦b⟧, a, ⟦arguments⟧]);
}`,
      ["a", "b", "arguments"],
    );
  });

  test("does not hide what has the same name inside", async () => {
    await expectProblems(
      `${language}
export const make = (rows: number[], row: string) =>
  task("work", {}, ({ inputs: { rows } }) => rows.map((row) => { const make = row; return make; }));`,
      [],
    );
  });
});

describe("a name that nobody declares", () => {
  test("is no global of Node; typeof may ask for it", async () => {
    await expectProblems(
      `${language}
declare const injected: string;
task("work", {}, () => [typeof window, ⟦document⟧.title, ⟦injected⟧, structuredClone({}), fetch, Buffer]);`,
      ["document", "injected"],
    );
  });

  test("may be one of CommonJS", async () => {
    const messages = await expectProblems(
      `${language}
task("work", {}, () => ⟦require⟧("node:fs").readFileSync(⟦__dirname⟧));`,
      ["require", "__dirname"],
    );
    expect(messages[0]).toContain("CommonJS");
  });

  test("is found in a helper, too, and told there", async () => {
    const { problems } = await problemsOf(
      `${language}
import { title } from "./page.ts";
task("work", {}, () => title());`,
      { files: { "page.ts": "const now = 1;\nexport const title = () => document.title + now;" } },
    );
    expect(problems).toMatchObject([{ name: "document", location: { line: 2, column: 28 } }]);
    expect(problems[0]?.location?.file).toMatch(/page\.ts$/);
  });
});

describe("the language, which is not there when a task runs", () => {
  test("its own functions", async () => {
    await expectProblems(`${language}\ntask("work", {}, () => ⟦int⟧());`, ["int"]);
  });

  test("what it made: a component, a pipeline, a value", async () => {
    const [message] = await expectProblems(
      `${language}
const train = container("train", { image: "python" });
export const all = pipeline("all", {}, () => { train({}); });
const count = int();
task("work", {}, () => [⟦train⟧, ⟦all⟧.node, ⟦count⟧]);`,
      ["train", "all", "count"],
    );
    expect(message).toMatch(/`container` of the language \(.*author\.ts:2\)/);
  });

  test("through helpers of other modules, told where the function starts to need it", async () => {
    const [message] = await expectProblems(
      `${language}
import { describe } from "./helpers.ts";
task("work", {}, () => ⟦describe⟧());`,
      ["describe"],
      {
        files: {
          "helpers.ts": `export { describe } from "./components.ts";`,
          "components.ts": `import { container } from "retemper/specs";\nconst train = container("train", { image: "python" });\nexport const describe = () => train.node.name;`,
        },
      },
    );
    expect(message).toMatch(/`container` of the language \(.*components\.ts:2\)/);
  });

  test("its types are no trouble", async () => {
    await expectProblems(
      `import { task, type Component } from "retemper/specs";
import type { Dataset } from "retemper/specs";
type Mine = typeof task;
task("work", {}, (): Mine | Component<never, never> | undefined | typeof Dataset => undefined satisfies Mine | undefined);`,
      [],
    );
  });
});

describe("imports", () => {
  test("of a package that is nowhere", async () => {
    await expectProblems(
      `${language}
import { parse } from "no-such-package/sync";
task("work", {}, () => ⟦parse⟧("a"));`,
      ["no-such-package/sync"],
    );
  });

  test("of one that is listed need not be installed here", async () => {
    await expectProblems(
      `${language}
import { parse } from "no-such-package/sync";
import scoped from "@no/such";
task("work", {}, async () => [parse("a"), scoped, await import("no-such-package")]);`,
      [],
      { packages: { "no-such-package": "1.0.0", "@no/such": "1.0.0" } },
    );
  });

  test("of a file that is nowhere, or a name that it does not give", async () => {
    await expectProblems(
      `${language}
import { a } from "./no-such-file.ts";
import { b } from "./there.ts";
task("work", {}, () => [⟦a⟧, ⟦b⟧]);`,
      ["./no-such-file.ts", "b"],
      { files: { "there.ts": "export const a = 1;" } },
    );
  });

  test("of a name that is worked out", async () => {
    await expectProblems(`${language}\ntask("work", {}, async ({ name }) => ⟦import⟧(name));`, ["import()"]);
  });

  test("that nothing uses do not count", async () => {
    await expectProblems(
      `${language}
import { a } from "./no-such-file.ts";
export const other = () => a;
task("work", {}, () => 1);`,
      [],
    );
  });

  test("of native code", async () => {
    const files = {
      "node_modules/fast/package.json": `{ "name": "fast", "version": "1.2.3", "main": "index.js", "gypfile": true }`,
      "node_modules/fast/index.js": "module.exports = 1;",
      "node_modules/quick/package.json": `{ "name": "quick", "version": "4.5.6", "main": "index.js" }`,
      "node_modules/quick/index.js": `module.exports = require("./build/quick.node");`,
      "node_modules/quick/build/quick.node": "\u007fELF",
    };
    const text = (name: string) => `${language}\nimport it from "${name}";\ntask("work", {}, () => it);`;
    for (const [name, version] of [
      ["fast", "1.2.3"],
      ["quick", "4.5.6"],
    ] as const) {
      const { problems } = await problemsOf(text(name), { files });
      expect(problems).toMatchObject([{ code: "uncaptured", name, location: { line: 3, column: 1 } }]);
      expect(problems[0]?.message).toContain(`"${name}": "${version}"`);
      expect((await problemsOf(text(name), { files, packages: { [name]: version } })).problems).toEqual([]);
    }
  });
});

describe("what cannot go along by its nature", () => {
  test("this, unless something inside gives it a meaning", async () => {
    await expectProblems(
      `${language}
class Holder {
  x = 1;
  make() {
    return task("work", {}, () => [⟦this⟧.x, class { y = this; }, function () { return this; }]);
  }
}`,
      ["this"],
    );
    await expectProblems(`${language}\ntask("work", {}, async function () { return ⟦this⟧; });`, ["this"]);
  });

  test("import.meta, in a helper too", async () => {
    await expectProblems(
      `${language}
const here = ⟦import.meta⟧.dirname;
task("work", {}, () => here);`,
      ["import.meta"],
    );
  });

  test("enums and namespaces", async () => {
    const messages = await expectProblems(
      `${language}
enum Colour { Red }
namespace Shapes { export const square = 4; }
task("work", {}, () => [⟦Colour⟧.Red, ⟦Shapes⟧.square]);`,
      ["Colour", "Shapes"],
    );
    expect(messages[0]).toContain("enum");
  });

  test("a helper that is no TypeScript", async () => {
    const { problems } = await problemsOf(`${language}\nimport { a } from "./broken.ts";\ntask("work", {}, () => a);`, {
      files: { "broken.ts": "export const a = 1;\nexport const = 2;" },
    });
    expect(problems).toMatchObject([{ code: "not-bundled", location: { line: 2, column: 14 } }]);
  });
});

test("a function that is not in the call is not guessed", async () => {
  author.write({ "elsewhere.ts": `${language}\nexport const a = 1;\n` });
  const { node } = author.component("elsewhere.ts");
  await expect(bundle({ node })).rejects.toMatchObject({ code: "not-bundled", place: { task: "work" } });
});

test("problems of several functions are listed at once", async () => {
  author.write({
    "one.ts": `${language}\ntask("work", {}, () => window);`,
    "two.ts": `${language}\ntask("work", {}, () => document);`,
  });
  const tasks = ["one", "two"].map(
    (name, id): TaskNode => ({
      kind: "task",
      id,
      origin: nowhere,
      component: { ...author.component(`${name}.ts`).node, name },
      arguments: {},
      after: [],
      settings: { cache: true, resources: {}, environment: {}, ignoreUpstreamFailure: false },
    }),
  );
  const node: PipelineNode = { kind: "pipeline", name: "both", origin: nowhere, inputs: {}, outputs: {}, steps: tasks };
  const error: unknown = await bundle({ node }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FunctionError);
  const { problems } = error as FunctionError;
  expect(problems.map(({ task, name }) => [task, name])).toEqual([
    ["one", "window"],
    ["two", "document"],
  ]);
});

test("a function without a file is judged by its own text", async () => {
  const { node } = author.component("one.ts");
  const source = { text: "({ inputs }) => ({ y: inputs.x * scale })", file: null, line: 0, column: 0 };
  const error: unknown = await bundle({ node: { ...node, source } }).catch((thrown: unknown) => thrown);
  expect((error as FunctionError).problems).toMatchObject([{ name: "scale", location: null }]);
  const alone = await bundle({ node: { ...node, source: { ...source, text: "async () => {}" } } });
  expect(alone.functions).toMatchObject([{ name: "work", bundled: [] }]);
});
