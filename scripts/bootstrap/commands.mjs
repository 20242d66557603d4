import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FULL_VENV, ROOT, VENV } from "./paths.mjs";

/** @typedef {import("./set-up.mjs").Part} Part */
/** @typedef {{ title?: string, program: string, args: readonly string[], cwd?: string, report?: string }} Step */
/** @typedef {(args: readonly string[]) => readonly Step[]} Steps */
/**
 * A command is steps, each a process, or one program of ours in this very process.
 *
 * @typedef {{ needs: readonly Part[] | ((args: readonly string[]) => readonly Part[]) } & ({ steps: Steps } | { program: string })} Command
 */

/** Where test runners leave what they counted. */
export const REPORTS = join(ROOT, ".retemper/reports");

const EVERYTHING = /** @type {const} */ (["dependencies", "trainer", "temporal", "model"]);

/** Benchmarks that need less than everything, or what they are measured beside. @type {Record<string, readonly Part[]>} */
const benchmarkNeeds = {
  compile: ["dependencies", "kfp"],
  local: ["dependencies", "kfp"],
  train: ["dependencies", "judges", "model"],
  preflight: ["dependencies", "trainer", "model", "libtpu"],
  transfer: ["dependencies", "transfer-peer"],
  prepare: ["dependencies", "prepare-peer"],
  "near-duplicates": ["dependencies", "near-duplicates-peer"],
};

/** @param {string} file @param {readonly string[]} args @returns {Step} */
const node = (file, args) => ({ program: process.execPath, args: [join(ROOT, file), ...args] });

/** @param {readonly string[]} projects @param {readonly string[]} args @returns {Step} */
function vitest(projects, args) {
  const report = join(REPORTS, `vitest-${projects.join("-")}.json`);
  const chosen = projects.flatMap((name) => ["--project", name]);
  const reporters = ["--reporter", "default", "--reporter", "json", "--outputFile.json", report];
  return {
    title: `vitest: ${projects.join(", ")}`,
    report,
    ...node("node_modules/vitest/vitest.mjs", ["run", ...chosen, ...reporters, ...args]),
  };
}

/** @param {string} title @param {readonly string[]} args @returns {Step} */
function pytest(title, args, folder = VENV) {
  const report = join(REPORTS, `${title}.xml`);
  return {
    title,
    report,
    program: join(folder, "bin/python"),
    args: ["-m", "pytest", `--junitxml=${report}`, ...args],
  };
}

const check = () => [
  { title: "Types", ...node("node_modules/typescript/bin/tsc", ["--noEmit", "-p", "."]) },
  { title: "Biome", ...node("node_modules/@biomejs/biome/bin/biome", ["check", "."]) },
];

/**
 * What each npm script and each `retemper` word does, and what it needs to be there.
 *
 * @type {Record<string, Command>}
 */
export const commands = {
  setup: { needs: EVERYTHING, steps: () => [] },
  start: { needs: EVERYTHING, steps: (args) => [node("workers/cli/main.ts", ["start", ...args])] },
  retemper: {
    needs: ([word, ...args]) => {
      if (word === "start") return EVERYTHING;
      if (word === "contract") return ["dependencies", "trainer"];
      // Large, and for this word alone: nothing else installs it.
      if (word === "preflight") return ["dependencies", "trainer", "libtpu"];
      // Python components are compiled by the real Python SDK, unless the author names another Python.
      const isPython = word === "codegen" && args.some((each) => each.endsWith(".py")) && !args.includes("--python");
      return isPython ? ["dependencies", "kfp"] : ["dependencies"];
    },
    program: join(ROOT, "workers/cli/main.ts"),
  },
  check: { needs: ["dependencies"], steps: check },
  build: { needs: ["dependencies"], steps: (args) => [node("scripts/build/main.ts", args)] },
  generate: {
    needs: ["dependencies"],
    steps: () =>
      readdirSync(join(ROOT, "scripts/generate"))
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
        .sort()
        .map((file) => ({ title: `generate ${file}`, ...node(`scripts/generate/${file}`, []) })),
  },
  test: {
    needs: [...EVERYTHING, "kfp"],
    steps: (args) =>
      args.length > 0
        ? [vitest(["unit", "house"], args)]
        : [
            ...check(),
            vitest(["unit", "house"], []),
            pytest("pytest", ["trainer/tests", "--ignore", "trainer/tests/full"]),
          ],
  },
  "test:unit": { needs: ["dependencies"], steps: (args) => [vitest(["unit"], args)] },
  "test:conformance": {
    needs: ["dependencies", "kfp"],
    steps: (args) => [vitest(["house"], args.length > 0 ? args : ["test/conformance"])],
  },
  "test:full": {
    needs: [...EVERYTHING, "judges", "kfp"],
    steps: (args) =>
      args.length > 0
        ? [vitest(["full"], args)]
        : [vitest(["full"], []), pytest("pytest-full", ["trainer/tests/full"], FULL_VENV)],
  },
  bench: {
    needs: ([name]) => benchmarkNeeds[name ?? ""] ?? EVERYTHING,
    steps: benchmark,
  },
};

/** `npm run bench -- NAME ARGS`: a file of `bench/`. @type {Steps} */
function benchmark([name, ...args]) {
  const known = readdirSync(join(ROOT, "bench")).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  if (name && existsSync(join(ROOT, `bench/${name}.ts`))) return [node(`bench/${name}.ts`, args)];
  throw new Error(`Which benchmark? npm run bench -- ${known.map((file) => file.replace(/\.ts$/, "")).join(" | ")}`);
}
