import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./paths.mjs";
import { capture, tail } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * uv, with the index that this machine's pip is set to.
 *
 * @callback Uv
 * @param {string} what what it is asked to do, to be told if it fails
 * @param {readonly string[]} args
 * @returns {Promise<void>}
 */

/**
 * A Python environment in a folder, made anew when the Python or one of the files that say what is in it has changed.
 *
 * @param {{ folder: string, files: readonly string[], install: (uv: Uv, interpreter: string) => Promise<void> }} environment
 *   `files` are relative to the checkout
 * @param {import("./python.mjs").Python} python
 * @param {() => Promise<string>} uv
 * @param {(note: string) => void} working
 */
export async function ensureEnvironment({ folder, files, install }, python, uv, working) {
  const hash = createHash("sha256").update(python.program).update(python.version);
  for (const file of files) hash.update(await readFile(join(ROOT, file)));
  const stamp = hash.digest("hex");
  // Written last, so that an interrupted installation has none.
  const stampFile = join(folder, "retemper-stamp");
  if ((await readFile(stampFile, "utf8").catch(() => "")) === stamp) return;

  const program = await uv();
  working(`Python packages, from ${files.filter((file) => !file.endsWith(".toml")).join(" and ")}`);
  const env = { ...process.env, ...(await indexSettings(python)) };
  /** @type {Uv} */
  const run = (what, args) => step(what, program, args, env);
  await rm(folder, { recursive: true, force: true });
  await run("make a Python environment", ["venv", "--quiet", "--python", python.program, folder]);
  await install(run, join(folder, "bin/python"));
  await writeFile(stampFile, stamp);
}

async function step(what, program, args, env) {
  const result = await capture(program, args, { env });
  if (result.code !== 0) {
    throw new SetupError(
      "PYTHON_PACKAGES_FAILED",
      `Could not ${what}:\n${tail(result)}`,
      "Check the access to PyPI (or set UV_DEFAULT_INDEX to your mirror) and the free disk space, then run this again.",
    );
  }
}

/** uv reads none of pip's configuration; what pip knows of this machine is handed to it, unless uv is set already. */
export async function indexSettings(python) {
  const { code, stdout } = await capture(python.program, ["-m", "pip", "config", "list"]);
  return code === 0 ? uvSettings(stdout, process.env) : {};
}

/**
 * @param {string} pipConfiguration what `pip config list` prints: `global.index-url='…'`
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
export function uvSettings(pipConfiguration, env) {
  const found = {};
  for (const [, key, value] of pipConfiguration.matchAll(/^(?:global|install|:env:)\.([a-z-]+)='(.*)'$/gm)) {
    found[key] = value;
  }
  const wanted = {
    UV_DEFAULT_INDEX: found["index-url"],
    UV_INDEX: found["extra-index-url"],
    UV_FIND_LINKS: found["find-links"],
    SSL_CERT_FILE: found.cert,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value && !env[name]));
}
