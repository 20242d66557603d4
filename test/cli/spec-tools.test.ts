import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { validateSpec } from "../../specs/ir/index.ts";
import { startBrowser } from "../support/browser.ts";
import { retemperIn } from "../support/ended-command.ts";

const checkout = resolve(import.meta.dirname, "../..");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "retemper-tools-"));
  await author("hello.ts", hello());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const retemper = (...args: string[]) => retemperIn(folder, ...args);

async function author(file: string, source: string): Promise<string> {
  await writeFile(join(folder, file), source);
  return file;
}

function hello({ image = "alpine", more = "" } = {}): string {
  return `import { container, pipeline, string, int } from "${checkout}/specs/index.ts";
const say = container("say", {
  image: "${image}",
  inputs: { text: string() },
  outputs: { length: int() },
  command: ["say"],
  args: ({ inputs, outputs }) => [inputs.text, outputs.length.path],
});
export const hello = pipeline("hello", { inputs: { name: string({ default: "you" }) } }, ({ name }) => {
  const said = say({ text: name });
  say({ text: \`\${said.length} letters\` }).named("count");
  ${more}
});
`;
}

describe("retemper compile", () => {
  test("writes JSON to the terminal, YAML or JSON to a file", async () => {
    const { code, out, errors } = await retemper("compile", "hello.ts");
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(validateSpec(JSON.parse(out))).toEqual([]);
    expect((await retemper("compile", "hello.ts#hello", "-o", "hello.yaml")).code).toBe(0);
    const [document] = parseAllDocuments(await readFile(join(folder, "hello.yaml"), "utf8"));
    expect((document as { toJS(): unknown }).toJS()).toEqual(JSON.parse(out));
    expect((await retemper("compile", "hello.ts", "--output", "hello.json")).code).toBe(0);
    expect(JSON.parse(await readFile(join(folder, "hello.json"), "utf8"))).toEqual(JSON.parse(out));
  });

  test("takes a name, a display name and defaults", async () => {
    const options = [
      "--name",
      "greet",
      "--display-name",
      "Greet all",
      "--parameter",
      "name=Ada",
      "--parameter=name=Ida",
    ];
    const { out } = await retemper("compile", "hello.ts", ...options);
    const { pipelineInfo, root } = JSON.parse(out);
    expect(pipelineInfo).toEqual({ name: "greet", displayName: "Greet all" });
    expect(root.inputDefinitions.parameters.name.defaultValue).toBe("Ida");
  });

  test("lists the pipelines of a module that has several, and says which file is not there", async () => {
    await author("two.ts", `export { hello, hello as again } from "./hello.ts";`);
    const { code, errors } = await retemper("compile", "two.ts");
    expect(code).toBe(1);
    expect(errors).toContain("two.ts#hello");
    expect(errors).toContain("two.ts#again");
    expect((await retemper("compile", "two.ts#again")).code).toBe(0);
    expect((await retemper("compile", "two.ts#gone")).errors).toContain("two.ts#hello");
    expect((await retemper("compile", "gone.ts")).errors).toContain("gone.ts");
  });

  test.each([
    [
      "a mistake that types cannot see",
      `export const p = pipeline("p", { inputs: { never: string() } }, () => void say({ text: "a" }));`,
      "unused-input",
    ],
    [
      "an error of the author's own",
      `const none: any = undefined; export const p = pipeline("p", {}, () => void say({ text: none.text }));`,
      "TypeError",
    ],
    ["what Node does not take", "enum Colour { Red }", "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"],
  ])("tells %s like a compiler: file and line, a code, no stack", async (_what, line, code) => {
    const file = await author(`wrong-${code}.ts`, `${hello()}\n${line}\n`);
    const ended = await retemper("compile", file);
    expect(ended.code).toBe(1);
    expect(ended.out).toBe("");
    expect(ended.errors).toMatch(new RegExp(`wrong-${code}\\.ts:15:\\d+ error ${code} `));
    expect(ended.errors).toContain(line.slice(0, 40));
    expect(ended.errors).not.toContain("    at ");
  });

  test("refuses what Vertex would, unless it is for something else", async () => {
    const file = await author("large.ts", hello({ more: `say({ text: "large" }).cpu("400");` }));
    const refused = await retemper("compile", file, "-o", "large.yaml");
    expect(refused.code).toBe(1);
    expect(refused.errors).toContain("TaskCpu");
    expect((await retemper("compile", file, "-o", "large.yaml", "--no-limits")).code).toBe(0);
  });
});

describe("retemper validate", () => {
  test("lists every problem with its line and its JSON pointer, and fails", async () => {
    await retemper("compile", "hello.ts", "-o", "valid.yaml");
    const spec = await readFile(join(folder, "valid.yaml"), "utf8");
    expect((await retemper("validate", "valid.yaml")).code).toBe(0);
    const broken = spec
      .replaceAll("name: comp-say", "name: comp-sey")
      .replace("componentInputParameter: name", "componentInputParameter: nam");
    await author("broken.yaml", broken);
    const { code, out } = await retemper("validate", "broken.yaml", "--json");
    expect(code).toBe(1);
    const { valid, problems } = JSON.parse(out) as {
      valid: boolean;
      problems: { code: string; path: string; line: number }[];
    };
    expect(valid).toBe(false);
    expect(problems.map(({ path }) => path)).toContain("/root/dag/tasks/say/inputs/parameters/text");
    const lines = broken.split("\n");
    for (const { path, line } of problems) {
      const key = path.split("/").at(-1) ?? "";
      expect(lines[line - 1], path).toContain(`${key}:`);
    }
    const told = await retemper("validate", "broken.yaml");
    for (const { path, line } of problems) {
      expect(told.out).toContain(path);
      expect(told.out).toContain(`broken.yaml:${line}`);
    }
  });

  test("reads JSON, knows regions, and says what is no spec", async () => {
    await author("list.json", "[1, 2]");
    expect((await retemper("validate", "list.json")).code).toBe(1);
    await author("text.yaml", "a: [1");
    const { code, errors } = await retemper("validate", "text.yaml");
    expect(code).toBe(1);
    expect(errors).toContain("text.yaml");
    expect((await retemper("validate", "nothing.yaml")).errors).toContain("nothing.yaml");
  });
});

describe("retemper diff", () => {
  test("ends with 0 for the same and 1 for a difference, of modules and files alike", async () => {
    await retemper("compile", "hello.ts", "-o", "before.yaml");
    const same = await retemper("diff", "before.yaml", "hello.ts");
    expect(same.code).toBe(0);
    const file = await author("later.ts", hello({ image: "alpine:3.24", more: `say({ text: "bye" }).named("bye");` }));
    const { code, out } = await retemper("diff", "before.yaml", file);
    expect(code).toBe(1);
    for (const part of ["task say", "alpine → alpine:3.24", "+ task bye", "run again"]) expect(out).toContain(part);
    const { changes, reruns } = JSON.parse((await retemper("diff", "before.yaml", file, "--json")).out);
    expect(changes).toContainEqual(
      expect.objectContaining({ kind: "changed", aspect: "image", before: "alpine", after: "alpine:3.24" }),
    );
    expect(reruns.map(({ verdict }: { verdict: string }) => verdict)).toContain("again");
  });
});

describe("retemper graph", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test("writes Mermaid to the terminal", async () => {
    const { code, out } = await retemper("graph", "hello.ts");
    expect(code).toBe(0);
    expect(out).toMatch(/^flowchart TB\n/);
    expect(out).toContain("count");
  });

  test("draws a picture that a browser takes, in the reader's theme", async () => {
    expect((await retemper("graph", "hello.ts", "-o", "hello.svg")).code).toBe(0);
    const grounds = await Promise.all(
      (["light", "dark"] as const).map(async (colorScheme) => {
        const page = await browser.newPage({ colorScheme });
        await page.goto(`file://${join(folder, "hello.svg")}`);
        const ground = await page
          .locator("rect.canvas")
          .first()
          .evaluate((element) => {
            const { getComputedStyle } = globalThis as unknown as { getComputedStyle(of: unknown): { fill: string } };
            return getComputedStyle(element).fill;
          });
        expect(await page.locator(".card").count()).toBe(2);
        await page.close();
        return ground;
      }),
    );
    expect(new Set(grounds).size).toBe(2);
  });

  test("makes a page that tells about a task when one clicks it, and asks nobody for anything", async () => {
    expect((await retemper("graph", "hello.ts", "-o", "hello.html")).code).toBe(0);
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) problems.push(request.url());
    });
    await page.goto(`file://${join(folder, "hello.html")}`);
    await page.locator('[data-step="count"]').click();
    const panel = page.locator("#panel");
    await panel.waitFor({ state: "visible" });
    const told = (await panel.textContent()) ?? "";
    for (const part of ["count", "say.length", "alpine", "Command"]) expect(told).toContain(part);
    await panel.getByText("say.length").click();
    expect(await panel.locator("h2").textContent()).toBe("say");
    await page.keyboard.press("Escape");
    expect(await panel.isVisible()).toBe(false);
    await page.locator("#about").click();
    expect(await panel.textContent()).toContain("name");
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await page.keyboard.type("cou");
    expect(await page.locator(".card.found").count()).toBe(1);
    expect(problems).toEqual([]);
    await page.close();
  });
});

test("these commands start without Temporal and without any client of Google's", async () => {
  const program = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    for (const name of ["compile", "validate", "diff", "graph"]) await import("${checkout}/workers/cli/commands/" + name + ".ts");
    console.log(JSON.stringify(loaded));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const loaded = JSON.parse(await text(child.stdout)) as string[];
  expect(loaded.length).toBeGreaterThan(20);
  expect(loaded.filter((url) => /@temporalio|@google-cloud|@grpc|@huggingface|google-gax|elkjs/.test(url))).toEqual([]);
});
