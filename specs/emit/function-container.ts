import { SpecError } from "../error.ts";
import type { ContainerNode, FunctionNode } from "../nodes/index.ts";
import { placeholder } from "../nodes/index.ts";

/** The container that runs a TypeScript function. Throws `SpecError` where it was not bundled. */
export function functionContainer(component: FunctionNode): ContainerNode {
  const { name, inputs, outputs, image, environment, description, bundle, packages, source } = component;
  if (bundle === undefined) {
    const location = source.file === null ? null : { ...source, file: source.file };
    const message = "is a TypeScript function: bundle the pipeline before it is compiled, or use `retemper compile`.";
    throw new SpecError("not-bundled", message, { task: name }, { location });
  }
  return {
    kind: "container",
    name,
    ...(description !== undefined && { description }),
    inputs,
    outputs,
    image,
    command: ["node", "--input-type=module", "--eval", launcher(name, packages), "--", ...words(protect(bundle))],
    arguments: ["--executor-input", placeholder.executorInput],
    environment,
  };
}

/** Puts the program into a folder of its own, together with its packages, and runs it there in the same process. */
function launcher(name: string, packages: Readonly<Record<string, string>>): string {
  const lines = [
    `import { mkdtempSync, rmSync, writeFileSync } from "node:fs";`,
    `import { tmpdir } from "node:os";`,
    `import { join } from "node:path";`,
    `import { pathToFileURL } from "node:url";`,
    `const folder = mkdtempSync(join(tmpdir(), "function-"));`,
    `process.on("exit", () => rmSync(folder, { recursive: true, force: true }));`,
    ...(Object.keys(packages).length > 0 ? install(packages) : []),
    `const words = process.argv.slice(1, process.argv.lastIndexOf("--executor-input"));`,
    `const program = words.join("").replace(/\\{\\{(~*)~\\$/g, (_, rest) => "{" + "{" + rest + "$");`,
    `const file = join(folder, ${JSON.stringify(`${name.replaceAll(/[^\w-]+/g, "-")}.mjs`)});`,
    "writeFileSync(file, program);",
    "await import(pathToFileURL(file).href);",
  ];
  return `${lines.join("\n")}\n`;
}

function install(packages: Readonly<Record<string, string>>): readonly string[] {
  const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  const manifest = JSON.stringify({ private: true, dependencies: sorted });
  return [
    `import { spawnSync } from "node:child_process";`,
    `writeFileSync(join(folder, "package.json"), ${JSON.stringify(manifest)});`,
    `const npm = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];`,
    `const { status, error } = spawnSync("npm", npm, { cwd: folder, stdio: ["ignore", 2, 2] });`,
    "if (status !== 0) {",
    `  console.error("The packages cannot be installed: " + (error ?? "npm ended with " + status) + ".");`,
    "  process.exit(1);",
    "}",
  ];
}

/** What looks like the begin of a placeholder to Vertex, which would fill it in, gets a mark that the launcher takes out. */
function protect(program: string): string {
  return program.replaceAll(/\{\{(~*)\$/g, (_, marks: string) => `{{${marks}~$`);
}

/** Linux takes no longer word than 128 KiB. A character has three bytes of UTF-8 at most for each of its code units. */
const longestWord = 40_000;

function words(program: string): readonly string[] {
  return program.match(new RegExp(`[^]{1,${longestWord}}(?![\\uDC00-\\uDFFF])`, "g")) ?? [];
}
