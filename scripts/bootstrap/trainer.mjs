import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, VENV } from "./paths.mjs";
import { capture, tail } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";

const STAMP = join(VENV, "retemper-lock");

/**
 * The trainer's Python environment, from its committed lock.
 * The lock's packages are exported with their hashes and installed by name, so that they come from the index that this
 * machine's pip is set to: `uv sync` would ask the addresses that the lock was made with.
 *
 * @param {import("./python.mjs").Python} python
 * @param {() => Promise<string>} uv
 * @param {(note: string) => void} working
 */
export async function ensureTrainer(python, uv, working) {
  const lock = await readFile(join(ROOT, "trainer/uv.lock"));
  const stamp = createHash("sha256").update(lock).update(python.program).update(python.version).digest("hex");
  if ((await readFile(STAMP, "utf8").catch(() => "")) === stamp) return;

  const program = await uv();
  working("Python packages, from trainer/uv.lock");
  const env = { ...process.env, ...(await indexSettings(python)) };
  const requirements = join(VENV, "requirements.txt");
  await rm(VENV, { recursive: true, force: true });
  await step("make a Python environment", program, ["venv", "--quiet", "--python", python.program, VENV], env);
  await step(
    "read trainer/uv.lock",
    program,
    [
      ...["export", "--quiet", "--frozen", "--project", join(ROOT, "trainer"), "--no-emit-project"],
      ...["--format", "requirements-txt", "--output-file", requirements],
    ],
    env,
  );
  await step(
    "install the trainer's packages",
    program,
    [...["pip", "sync", "--quiet", "--require-hashes", "--python", join(VENV, "bin/python"), requirements]],
    env,
  );
  await writeFile(STAMP, stamp);
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
  if (code !== 0) return {};
  return uvSettings(stdout, process.env);
}

/**
 * @param {string} pipConfiguration what `pip config list` prints: `global.index-url='…'`
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
export function uvSettings(pipConfiguration, env) {
  const found = {};
  for (const [, key, value] of pipConfiguration.matchAll(/^(?:global|install|:env:)\.([a-z-]+)='(.*)'$/gm))
    found[key] = value;
  const wanted = {
    UV_DEFAULT_INDEX: found["index-url"],
    UV_INDEX: found["extra-index-url"],
    UV_FIND_LINKS: found["find-links"],
    SSL_CERT_FILE: found["cert"],
  };
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value && !env[name]));
}
