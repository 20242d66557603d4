import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./paths.mjs";
import { capture, tail } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * A Python environment of the trainer, from its committed lock, and of what a requirements file adds.
 * The lock's packages are exported with their hashes and installed by name, so that they come from the index that this
 * machine's pip is set to: `uv sync` would ask the addresses that the lock was made with.
 *
 * @param {{ folder: string, more?: string }} environment `more` is a requirements file, relative to the checkout
 * @param {import("./python.mjs").Python} python
 * @param {() => Promise<string>} uv
 * @param {(note: string) => void} working
 */
export async function ensureTrainer({ folder, more }, python, uv, working) {
  const hash = createHash("sha256").update(python.program).update(python.version);
  for (const file of ["trainer/uv.lock", "trainer/pyproject.toml", ...(more ? [more] : [])]) {
    hash.update(await readFile(join(ROOT, file)));
  }
  const stamp = hash.digest("hex");
  // Written last, so that an interrupted installation has none.
  const stampFile = join(folder, "retemper-stamp");
  if ((await readFile(stampFile, "utf8").catch(() => "")) === stamp) return;

  const program = await uv();
  working(more ? `Python packages, from ${more} and trainer/uv.lock` : "Python packages, from trainer/uv.lock");
  const env = { ...process.env, ...(await indexSettings(python)) };
  const interpreter = join(folder, "bin/python");
  const requirements = join(folder, "requirements.txt");
  const run = (what, args) => step(what, program, args, env);

  await rm(folder, { recursive: true, force: true });
  await run("make a Python environment", ["venv", "--quiet", "--python", python.program, folder]);
  await run("read trainer/uv.lock", [
    ...["export", "--quiet", "--frozen", "--project", join(ROOT, "trainer"), "--no-emit-project", "--group", "test"],
    ...["--format", "requirements-txt", "--output-file", requirements],
  ]);
  const install = ["pip", "install", "--quiet", "--python", interpreter];
  await run("install the trainer's packages", [...install, "--no-deps", "--require-hashes", "-r", requirements]);
  if (more) await run(`install ${more}`, [...install, "-r", join(ROOT, more)]);
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
async function indexSettings(python) {
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
