import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { checkout } from "../../config/program.ts";
import type { Mistake } from "../specs/mistake.ts";

/** The compiler that checks a module, and how. */
export interface TypeChecker {
  /** Every type error, none when it is right. Throws the signal's reason. */
  check(signal: AbortSignal): Promise<readonly Mistake[]>;
}

/**
 * A check by the TypeScript and under the `tsconfig.json` of the author; null where there is no TypeScript to be found.
 *
 * @param file absolute path of the module
 */
export async function typeChecker(file: string): Promise<TypeChecker | null> {
  const compiler = findCompiler(file);
  if (compiler === null || !/\.m?ts$/.test(file)) return null;
  const project = await writeProject(file, compiler.major);
  return {
    check: (signal) =>
      new Promise((done, fail) => {
        const args = [compiler.path, "--project", project, "--pretty", "false"];
        execFile(process.execPath, args, { signal, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
          if (signal.aborted) return fail(signal.reason);
          const mistakes = parseMistakes(stdout);
          const theirs = mistakes.filter(({ at }) => at === null || !isOurs(at.file));
          if (error !== null && mistakes.length === 0)
            return fail(new Error(`tsc failed: ${stdout}${stderr}`, { cause: error }));
          done(theirs);
        });
      }),
  };
}

/** Where the checkout itself is linked into a project, its sources are checked under options that are not theirs. */
function isOurs(file: string): boolean {
  return file.startsWith(join(checkout, "specs/"));
}

function findCompiler(file: string): { readonly path: string; readonly major: number } | null {
  for (const from of [file, import.meta.filename]) {
    try {
      const require = createRequire(from);
      const { version } = require("typescript/package.json") as { version: string };
      const path = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
      return { path, major: Number.parseInt(version, 10) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return null;
}

/** Checks this module and what it imports, and not the rest of the author's project. */
async function writeProject(file: string, major: number): Promise<string> {
  const configuration = nearest(dirname(file), "tsconfig.json");
  const modules = nearest(dirname(file), "node_modules");
  // Below the project's own node_modules, so that the compiler finds the same packages.
  const folder = join(modules ?? dirname(file), ".cache/retemper");
  await mkdir(folder, { recursive: true });
  const path = join(folder, `tsconfig.${Buffer.from(file).toString("base64url").slice(-48)}.json`);
  const text = JSON.stringify({
    ...(configuration !== null && { extends: configuration }),
    compilerOptions: {
      ...(configuration === null && defaults(major)),
      noEmit: true,
      composite: false,
      incremental: false,
      // Saves most of the time, and an author cannot mend other people's declarations.
      skipLibCheck: true,
    },
    files: [file],
    include: [],
    references: [],
  });
  if (!existsSync(path) || (await readFile(path, "utf8")) !== text) await writeFile(path, text);
  return path;
}

const defaults = (major: number) => ({
  strict: true,
  target: "es2024",
  module: "nodenext",
  allowImportingTsExtensions: true,
  // From 6 on, no types are there unless one asks.
  ...(major >= 6 && { types: ["*"] }),
});

function nearest(folder: string, name: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const path = resolve(at, name);
    if (existsSync(path)) return path;
    if (dirname(at) === at) return null;
  }
}

/** `file(line,column): error TS1234: message`, with more lines of the same message indented. */
function parseMistakes(output: string): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  for (const text of output.split(/\r?\n(?=\S)/)) {
    const [, file, line, column, code, message] =
      /^(?:(.+)\((\d+),(\d+)\): )?error (TS\d+): ([\s\S]*)$/.exec(text.trimEnd()) ?? [];
    if (code === undefined || message === undefined) continue;
    const at = file === undefined ? null : { file: resolve(file), line: Number(line), column: Number(column) };
    mistakes.push({ code, message, at });
  }
  return mistakes;
}
