import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** The sources do not compile; the message lists why. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  readonly code = "DOES_NOT_COMPILE";
}

const require = createRequire(import.meta.url);

/**
 * Compiles `src/` to JavaScript and declarations beside it, with maps that lead back into `src/`.
 * Throws {@link BuildError}.
 */
export async function compileSources(folder: string): Promise<void> {
  const configuration = join(folder, "tsconfig.json");
  await writeFile(
    configuration,
    JSON.stringify({ extends: "../../../tsconfig.json", compilerOptions, include: ["src"], exclude: [] }),
  );
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  try {
    await promisify(execFile)(process.execPath, [compiler, "-p", configuration, "--pretty", "false"], {
      maxBuffer: 2 ** 26,
    });
  } catch (error) {
    if (error instanceof Error && "stdout" in error && error.stdout !== "") throw new BuildError(String(error.stdout));
    throw error;
  }
  await rm(configuration);
}

const compilerOptions = {
  noEmit: false,
  noEmitOnError: true,
  rootDir: "src",
  outDir: ".",
  declaration: true,
  declarationMap: true,
  sourceMap: true,
  // Imports carry `.ts` in the sources, `.js` in what comes of them.
  allowImportingTsExtensions: false,
  rewriteRelativeImportExtensions: true,
};
