import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { bundle } from "../index.ts";
import { Author, result, runComponent } from "../testing/author.ts";
import { nodeGlobals } from "./globals.ts";

const author = new Author();
afterAll(() => author.remove());
let count = 0;

/** A declaration of a module: a name, what it adds, and which declarations before it it uses. */
interface Declaration {
  readonly form: "const" | "function" | "arrow" | "class" | "destructured" | "changed" | "default" | "re-exported";
  readonly module: number;
  readonly adds: number;
  readonly uses: readonly number[];
}

const declaration: fc.Arbitrary<Declaration> = fc.record({
  form: fc.constantFrom("const", "function", "arrow", "class", "destructured", "changed", "default", "re-exported"),
  module: fc.integer({ min: 0, max: 3 }),
  adds: fc.integer({ min: 1, max: 9 }),
  uses: fc.uniqueArray(fc.nat(30), { maxLength: 3 }),
});

/** Modules in which the declarations stand, with the author's as the first, and what the function returns. */
function write(declarations: readonly Declaration[], wanted: readonly number[]) {
  const usable = (index: number) => declarations[index]?.uses.filter((use) => use < index) ?? [];
  const values: number[] = [];
  for (const [index, { adds }] of declarations.entries()) {
    values.push(usable(index).reduce((sum, use) => sum + (values[use] ?? 0), adds));
  }
  const calls = (uses: readonly number[]) => uses.map((use) => `value${use}()`).join(" + ") || "0";
  const modules = [0, 1, 2, 3].map((module) => {
    const lines = [`import { container, task } from "retemper/specs";`].slice(module === 0 ? 0 : 1);
    const here = declarations.flatMap((each, index) => (each.module === module ? [{ ...each, index }] : []));
    const used = new Set([...here.flatMap(({ index }) => usable(index)), ...(module === 0 ? wanted : [])]);
    for (const use of used) {
      const from = declarations[use];
      if (from === undefined || from.module === module) continue;
      const isDefault = from.form === "default" && firstDefault(declarations, from.module) === use;
      lines.push(
        isDefault
          ? `import value${use} from "./${fileOf(from.module)}";`
          : `import { value${use} } from "./${from.form === "re-exported" ? "again.ts" : fileOf(from.module)}";`,
      );
    }
    for (const { form, index, adds } of here) {
      const sum = `${adds} + ${calls(usable(index))}`;
      const texts: Readonly<Record<Declaration["form"], string>> = {
        const: `const sum${index}: number = 0;\nexport const value${index} = (): number => sum${index} + ${sum};`,
        function: `export function value${index}(): number;\nexport function value${index}(): number { return ${sum}; }`,
        arrow: `const value${index} = <T,>(_?: T): number => ${sum};\nexport { value${index} };`,
        class: `class Sum${index} { static of(): number { return ${sum}; } }\nexport const value${index} = () => Sum${index}.of();`,
        destructured: `const { made: made${index}, ...rest${index} } = { made: (): number => ${sum}, other: 1 };\nexport const value${index} = () => made${index}() + 0 * Object.keys(rest${index}).length;`,
        changed: `const list${index}: number[] = [];\nlist${index}.push(${adds});\nexport const value${index} = (): number => list${index}.reduce((a, b) => a + b, 0) + ${calls(usable(index))};`,
        default:
          firstDefault(declarations, module) === index
            ? `export default function value${index}(): number { return ${sum}; }`
            : `export const value${index} = (): number => ${sum};`,
        "re-exported": `export const value${index} = (): number => ${sum};`,
      };
      lines.push(texts[form]);
    }
    if (module === 0) {
      lines.push(`export const unused = container("unused", { image: document.title });`);
      lines.push(
        `export const work = task("work", {}, () => ({ result: [${wanted.map((use) => `value${use}()`).join(", ")}] }));`,
      );
    }
    return [fileOf(module), `${lines.join("\n")}\nexport {};\n`] as const;
  });
  const again = [1, 2, 3].map((module) => `export * from "./module${module}.ts";`).join("\n");
  const own = declarations.flatMap(({ form, module }, index) =>
    form === "re-exported" && module === 0 ? [`export { value${index} } from "./author.ts";`] : [],
  );
  const stars = ["again.ts", [again, ...own].join("\n")] as const;
  const files: Record<string, string> = Object.fromEntries([...modules, stars]);
  return { files, expected: wanted.map((use) => values[use] ?? 0) };
}

function fileOf(module: number): string {
  return module === 0 ? "author.ts" : `module${module}.ts`;
}

function firstDefault(declarations: readonly Declaration[], module: number): number {
  return declarations.findIndex((each) => each.form === "default" && each.module === module);
}

test("whatever a function uses, in whatever form, over modules: its program gives the same, and is the same anywhere", async () => {
  const cases = fc
    .array(declaration, { minLength: 1, maxLength: 12 })
    .chain((declarations) =>
      fc.tuple(
        fc.constant(declarations),
        fc.uniqueArray(fc.nat(declarations.length - 1), { minLength: 1, maxLength: 4 }),
      ),
    );
  await fc.assert(
    fc.asyncProperty(cases, async ([declarations, wanted]) => {
      const { files, expected } = write(declarations, wanted);
      const folders = [`a${++count}`, `b/c${count}`];
      const components = folders.map((folder) => {
        author.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [join(folder, path), text])));
        return author.component(join(folder, "author.ts"), { outputs: result });
      });
      const [one, two] = await Promise.all(components.map((each) => bundle(each)));
      expect(one?.node.bundle).toBe(two?.node.bundle);
      if (one === undefined) return;
      const ended = await runComponent(one, author);
      expect(ended).toMatchObject({ status: 0, stderr: "", returned: { result: expected } });
    }),
    { numRuns: 30, seed: 26 },
  );
}, 60_000);

test.skipIf(!process.version.startsWith("v26."))("the known globals are those of Node 26", async () => {
  author.write({ "globals.mjs": "console.log(Object.getOwnPropertyNames(globalThis).sort().join());" });
  const { stdout } = await promisify(execFile)(process.execPath, [join(author.folder, "globals.mjs")]);
  expect([...nodeGlobals].sort()).toEqual(stdout.trim().split(","));
});
