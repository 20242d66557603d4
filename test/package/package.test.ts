import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkout } from "../../scripts/build/build-package.ts";
import { steps, training } from "../support/three-tasks.ts";
import { InstalledPackage } from "./installed-package.ts";

let installed: InstalledPackage;
let files: readonly string[];

beforeAll(async () => {
  installed = await InstalledPackage.create();
  const entries = await readdir(installed.folder, { recursive: true, withFileTypes: true });
  files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(installed.folder, join(entry.parentPath, entry.name)));
});

afterAll(() => installed?.[Symbol.asyncDispose]());

describe("what is packed", () => {
  test("no tests, and TypeScript only where editors look for it", () => {
    expect(files.filter((file) => /\.test\.|\.spec\.|type-tests|(^|\/)test\//.test(file))).toEqual([]);
    expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file) && !file.startsWith("src/"))).toEqual([]);
    expect([...new Set(files.map((file) => file.split("/")[0]))].sort()).toEqual([
      ...["LICENSE", "README.md", "activities", "bin", "local", "package.json", "pipelines", "specs", "src", "trainer"],
      "workers",
    ]);
  });

  test("every Google Cloud component", () => {
    const components = files.filter((file) => /^specs\/gcpc\/generated\/.*\/[\w-]+\.js$/.test(file));
    expect(components.length).toBeGreaterThanOrEqual(116);
  });

  test("nothing of the machine that built it", async () => {
    const places = [`${checkout}/`, ".retemper/build-", `${homedir()}/.cache`];
    for (const file of files.filter((each) => !each.endsWith(".parquet"))) {
      const text = await readFile(join(installed.folder, file), "utf8");
      expect(
        places.filter((place) => text.includes(place)),
        file,
      ).toEqual([]);
    }
  });

  test("declarations lead an editor to the source", async () => {
    const maps = files.filter((file) => file.endsWith(".d.ts.map"));
    expect(maps).toContain("specs/compile.d.ts.map");
    for (const file of maps) {
      const { sources } = JSON.parse(await readFile(join(installed.folder, file), "utf8")) as { sources: string[] };
      for (const source of sources) {
        expect(existsSync(resolve(installed.folder, dirname(file), source)), `${file} → ${source}`).toBe(true);
      }
    }
    const written = files.filter((file) => file.endsWith(".d.ts") && !file.includes("/generated/"));
    expect(written.filter((file) => !maps.includes(`${file}.map`))).toEqual([]);
  });
});

describe("its judges", () => {
  test("publint finds nothing", async () => {
    const tarball = new Uint8Array(installed.tarball).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test("attw finds nothing, for ES modules", async () => {
    const include = ["./specs/gcpc/v1/custom_job", "./specs/gcpc/v1/endpoint/model-deploy-op"];
    const pack = createPackageFromTarballData(new Uint8Array(installed.tarball));
    const analysis = await checkPackage(pack, { includeEntrypoints: include });
    expect(analysis.types).toMatchObject({ kind: "included" });
    if (!("problems" in analysis)) throw new Error("The package has no types.");
    expect(Object.keys(analysis.entrypoints)).toEqual(
      expect.arrayContaining(["./specs", "./specs/testing", ...include]),
    );
    // As `attw --profile esm-only`: what a CommonJS project sees is not looked at.
    const ignored = ["node10", "node16-cjs"];
    const problems = analysis.problems.filter(
      (problem) => !("resolutionKind" in problem) || !ignored.includes(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
  });
});

const pipelines = `
import { compile, container, Dataset, int, Model, pipeline, string, when } from "retemper/specs";
import { loadComponent } from "retemper/specs/load";
import { bundle } from "retemper/specs/functions";
import { modelDeployOp } from "retemper/specs/gcpc/v1/endpoint";
import { secretAsEnv } from "retemper/specs/kubernetes";
import { validateSpec, type PipelineSpec } from "retemper/specs/ir";
import { graphOf, snapshot } from "retemper/specs/testing";

const prepare = container("prepare", { image: "tools:1", inputs: { uri: string() }, outputs: { data: Dataset, rows: int() } });
const train = container("train", {
  image: "trainer:1",
  inputs: { data: Dataset, epochs: int({ default: 3 }) },
  outputs: { model: Model },
});

export const training = pipeline("training", { inputs: { uri: string() } }, ({ uri }) => {
  const { data, rows } = prepare({ uri });
  when(rows.greaterThan(10), () => {
    train({ data });
  });
});

export const spec: PipelineSpec = compile(training).spec;
export const problems = validateSpec(spec);
export const graph = graphOf(training);
graph.task("train").takes("data").from("prepare", "data");
export const tools = { bundle, loadComponent, modelDeployOp, secretAsEnv, snapshot };
`;

const wrong = `
import { container, Dataset, Model } from "retemper/specs";
const train = container("train", { image: "trainer:1", inputs: { data: Dataset }, outputs: { model: Model } });
export const wire = () => {
  const { model } = train({ data: train({}).model });
  return model;
};
`;

const everything = `
export * as activities from "retemper/activities";
export * as client from "retemper/client";
export * as gcpc from "retemper/specs/gcpc";
export * as worker from "retemper/worker";
export * as workflows from "retemper/workflows";
`;

const moduleKinds = [
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
] as const;

describe("a user's project", () => {
  test.each(moduleKinds)("type-checks with plain tsc: module %s, resolution %s", async (module, resolution) => {
    await installed.write("pipelines.ts", pipelines);
    await installed.write("everything.ts", everything);
    const options = [
      "--noEmit",
      "--strict",
      "--target",
      "es2024",
      "--module",
      module,
      "--moduleResolution",
      resolution,
    ];
    expect(await installed.tsc(...options, "pipelines.ts")).toEqual({ status: 0, output: "" });
    expect(await installed.tsc(...options, "--skipLibCheck", "everything.ts")).toEqual({ status: 0, output: "" });

    await installed.write("wrong.ts", wrong);
    const { status, output } = await installed.tsc(...options, "wrong.ts");
    expect(status).not.toBe(0);
    expect(output).toContain("wrong.ts(5,");
  });

  test("imports every entry, with the dependencies that the manifest names", async () => {
    await installed.write("everything.ts", everything);
    expect(await installed.node("everything.ts")).toEqual({ status: 0, output: "" });
  });

  test("compiles, validates and draws its pipelines with `retemper`", async () => {
    await installed.write("pipelines.ts", pipelines);
    const compiled = await installed.retemper("compile", "pipelines.ts", "-o", "training.yaml");
    expect(compiled).toMatchObject({ status: 0 });
    expect(await readFile(join(installed.project, "training.yaml"), "utf8")).toContain("name: training");
    expect(await installed.retemper("validate", "training.yaml")).toMatchObject({ status: 0 });
    expect((await installed.retemper("graph", "pipelines.ts#training")).output).toContain("train");
  });

  test("runs its pipelines on this machine", async () => {
    await installed.write("steps.ts", steps);
    await installed.write("training.ts", training());
    const ran = await installed.retemper("dev", "training.ts", "--once");
    expect(ran.output).toMatch(/✓ evaluate .* accuracy 40/);
    expect(ran.status).toBe(0);
  });

  test("sees mistakes where it wrote them, with source maps too", async () => {
    await installed.write(
      "cycle.ts",
      `import { container, pipeline } from "retemper/specs";
const step = container("step", { image: "tools:1" });
pipeline("empty", {}, () => {});
step;
`,
    );
    for (const flags of [[], ["--enable-source-maps"]]) {
      const { status, output } = await installed.node(...flags, "cycle.ts");
      expect(status).not.toBe(0);
      expect(output).toContain(`${join(installed.project, "cycle.ts")}:3:`);
    }
  });
});

/** What an entry loads when it is imported: npm packages. Everything else comes when it is needed. */
const loads: Readonly<Record<string, readonly string[]>> = {
  specs: [],
  "specs/functions": [],
  "specs/gcpc": [],
  "specs/gcpc/v1/custom_job": [],
  "specs/ir": [],
  "specs/kubernetes": [],
  "specs/load": ["yaml"],
  "specs/testing": [],
};

test.each(Object.entries(loads))("retemper/%s loads of other packages only %j", async (entry, packages) => {
  await installed.write(
    "trace.mjs",
    `import { registerHooks } from "node:module";
const packages = new Set();
registerHooks({
  load(url, context, next) {
    const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url) ?? [];
    if (name !== undefined && name !== "retemper") packages.add(name);
    return next(url, context);
  },
});
await import("retemper/${entry}");
console.log(JSON.stringify([...packages].sort()));
`,
  );
  expect(JSON.parse((await installed.node("trace.mjs")).output)).toEqual(packages);
});
