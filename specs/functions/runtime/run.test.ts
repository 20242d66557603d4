import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { artifactList, Dataset, double, int, list, Model, optional, string, struct } from "../../index.ts";
import type { FunctionNode } from "../../nodes/index.ts";
import { Author, type Ended, result, runComponent } from "../testing/author.ts";

const author = new Author();
afterAll(() => author.remove());
let count = 0;

type Given = NonNullable<Parameters<typeof runComponent>[2]>;

/** Runs a function, given as text, with a temporary folder of its own. */
function run(body: string, more: Partial<FunctionNode> & { before?: string } = {}, given: Given = {}): Promise<Ended> {
  const { before = "", ...node } = more;
  const path = `case-${++count}.ts`;
  author.write({ [path]: `import { task } from "retemper/specs";\n${before}\ntask("work", {}, ${body});\n` });
  const temporary = join(author.folder, `tmp-${count}`);
  mkdirSync(temporary);
  return runComponent(author.component(path, node), author, {
    ...given,
    environment: { TMPDIR: temporary, ...given.environment },
  });
}

const bucket = join(author.folder, "buckets", "bucket");

describe("what a function is given", () => {
  test("parameters by their types; one that was not given is undefined", async () => {
    const { returned } = await run(
      "({ inputs }) => ({ result: [Object.keys(inputs), inputs] })",
      {
        inputs: {
          text: string(),
          count: int(),
          ratio: double(),
          many: list(),
          object: struct(),
          asText: list(),
          none: string({ optional: true }),
          noModel: optional(Model),
        },
        outputs: result,
      },
      {
        parameters: {
          text: "12",
          count: 3,
          ratio: 0.5,
          many: [1, ["a"]],
          object: { a: null },
          asText: "[1,2]",
          none: null,
        },
      },
    );
    const given = { text: "12", count: 3, ratio: 0.5, many: [1, ["a"]], object: { a: null }, asText: [1, 2] };
    expect(returned["result"]).toEqual([[...Object.keys(given), "none", "noModel"], given]);
  });

  test("artifacts, and lists of them, as files on the mounted bucket", async () => {
    mkdirSync(join(bucket, "in"), { recursive: true });
    writeFileSync(join(bucket, "in", "a.txt"), "hello");
    const artifact = (name: string, uri: string) => ({
      name,
      uri,
      type: { schemaTitle: "system.Dataset" },
      metadata: { rows: 2 },
    });
    const { returned } = await run(
      `async ({ inputs }) => ({
        result: [await readFile(inputs.data.path, "utf8"), inputs.data.metadata, inputs.data.name, inputs.data.schemaTitle, inputs.data.uri, inputs.many.map(({ path }) => path), inputs.none],
      })`,
      {
        before: `import { readFile } from "node:fs/promises";`,
        inputs: { data: Dataset, many: artifactList(Dataset), none: artifactList(Dataset) },
        outputs: result,
      },
      {
        artifacts: {
          data: [artifact("one", "gs://bucket/in/a.txt")],
          many: [artifact("two", "s3://other/b"), artifact("three", "https://example.com/c")],
        },
      },
    );
    const uri = "gs://bucket/in/a.txt";
    const paths = ["/s3/other/b", "https://example.com/c"];
    expect(returned["result"]).toEqual(["hello", { rows: 2 }, "one", "system.Dataset", uri, paths, []]);
  });
});

describe("what a function gives", () => {
  test("parameters, in the executor output and in a file each; artifacts with their metadata", async () => {
    const ended = await run(
      `async ({ outputs }) => {
        await writeFile(outputs.report.path, "# Report");
        Object.assign(outputs.report.metadata, { rows: 2, nested: { a: [1] } });
        outputs.kept.uri = "gs://elsewhere/model";
        return { text: "a\\nb", count: 3, ratio: 0.5, many: [1], object: { a: 1 } };
      }`,
      {
        before: `import { writeFile } from "node:fs/promises";`,
        outputs: {
          text: string(),
          count: int(),
          ratio: double(),
          many: list(),
          object: struct(),
          report: Dataset,
          kept: Model,
        },
      },
      { outputs: ["text", "count", "ratio", "many", "object"], outputArtifacts: ["report", "kept"] },
    );
    expect(ended.returned).toEqual({ text: "a\nb", count: 3, ratio: 0.5, many: [1], object: { a: 1 } });
    expect(ended.artifacts).toEqual({
      report: { artifacts: [{ name: "", uri: "gs://bucket/out/report", metadata: { rows: 2, nested: { a: [1] } } }] },
      kept: { artifacts: [{ name: "", uri: "gs://elsewhere/model", metadata: {} }] },
    });
    const file = (name: string) => readFileSync(join(bucket, "out", name), "utf8");
    expect([file("text"), file("count"), file("many"), file("report")]).toEqual(["a\nb", "3", "[1]", "# Report"]);
  });

  test("nothing, where it has no output parameter", async () => {
    expect(await run("() => {}")).toMatchObject({ status: 0, returned: {}, stderr: "" });
  });

  test("of another type, or not all of it, fails the task with every reason", async () => {
    const { status, stderr } = await run(
      `() => ({ count: 1.5, ratio: NaN, many: [() => 1], object: new Map(), extra: 1 })`,
      {
        outputs: { count: int(), ratio: double(), many: list(), object: struct(), text: string() },
      },
    );
    expect(status).toBe(1);
    for (const name of ["count", "ratio", "many", "object", "text", "extra"]) expect(stderr).toContain(`${name} `);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect((await run(`() => 3`)).stderr).toContain("3");
  });

  test("is written by the first replica of a CustomJob alone", async () => {
    const place = { outputs: { count: int() } };
    const on = (type: string) => ({
      outputs: [],
      environment: { CLUSTER_SPEC: JSON.stringify({ task: { type, index: 0 } }) },
    });
    expect((await run("() => ({ count: 1 })", place, on("workerpool0"))).returned).toEqual({ count: 1 });
    expect((await run("() => ({ count: 2 })", place, on("workerpool1"))).returned).toEqual({ count: 1 });
  });
});

describe("how a task ends", () => {
  test("an error ends it with 1, and its message, its place and its cause as the last lines", async () => {
    const { status, stderr } = await run(
      `async function work() {
        try { JSON.parse("{"); } catch (cause) { throw new RangeError("no rows in the file", { cause }); }
      }`,
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^RangeError: no rows in the file\n\s+at .*work\.mjs:\d+:\d+\)\n/);
    expect(stderr).toMatch(/Because of SyntaxError: /);
    expect(stderr).not.toContain("node:");
  });

  test("also one while its module is loaded, one that nobody awaits, and what is no error", async () => {
    const early = await run("() => a", { before: `const a = JSON.parse("{");` });
    expect(early).toMatchObject({ status: 1, stderr: expect.stringMatching(/^SyntaxError: /) });
    const late = await run(
      `async () => { setTimeout(() => Promise.reject(new Error("late")), 1); await new Promise((done) => setTimeout(done, 5000)); }`,
    );
    expect(late).toMatchObject({ status: 1, stderr: expect.stringMatching(/^Error: late\n/) });
    const text = await run(`() => { throw "a text"; }`);
    expect(text).toMatchObject({ status: 1, stderr: expect.stringContaining("a text") });
  });

  test("whatever it left open does not keep it alive, and its own folder is gone", async () => {
    const ended = await run("() => { setInterval(() => {}, 1000); return { result: [] }; }", { outputs: result });
    expect(ended).toMatchObject({ status: 0, returned: { result: [] } });
    for (let each = 1; each <= count; each++) expect(readdirSync(join(author.folder, `tmp-${each}`))).toEqual([]);
  });

  test("told to end, it ends at once with 143", async () => {
    const endless = `async () => { console.log("ready"); await new Promise((done) => setTimeout(done, 60_000)); }`;
    const onOutput: Given["onOutput"] = (_, kill) => kill("SIGTERM");
    expect(await run(endless, {}, { onOutput })).toMatchObject({ status: 143, stderr: "" });
  });

  test("or, where it listens to its signal, when it has tidied up", async () => {
    const file = join(author.folder, "tidied");
    const body = `async ({ signal }) => {
      const waiting = setTimeout(60_000, undefined, { signal });
      console.log("ready");
      await waiting.catch((error) => writeFileSync(${JSON.stringify(file)}, error.name + " " + signal.reason.name));
      return { result: [] };
    }`;
    const ended = await run(
      body,
      {
        before: `import { setTimeout } from "node:timers/promises";\nimport { writeFileSync } from "node:fs";`,
        outputs: result,
      },
      { onOutput: (_, kill) => kill("SIGTERM") },
    );
    expect(ended).toMatchObject({ status: 143, stderr: "" });
    expect(existsSync(file) && readFileSync(file, "utf8")).toBe("AbortError AbortError");
  });
});
