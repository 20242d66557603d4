import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { intoPlace } from "./into-place.mjs";
import { CACHE, ROOT } from "./paths.mjs";
import { PLATFORM } from "./pins.mjs";
import { indexSettings } from "./python-environment.mjs";
import { capture, tail } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * The compiler of TPUs, from the trainer's own lock with its hashes, in the cache: only preflight loads it. Beside JAX in
 * the trainer's environment, every training on this machine would look for a TPU first.
 *
 * @param {import("./python.mjs").Python} python
 * @param {() => Promise<string>} uv
 * @param {(note: string) => void} working
 * @returns {Promise<string | undefined>} path of libtpu.so; undefined where there is none for this platform
 */
export async function ensureLibtpu(python, uv, working) {
  // https://pypi.org/project/libtpu has wheels for no other.
  if (PLATFORM !== "linux-x64") return undefined;
  const requirement = readRequirement(await readFile(join(ROOT, "trainer/uv.lock"), "utf8"));
  const folder = join(CACHE, requirement.name);
  const library = join(folder, "libtpu/libtpu.so");
  if (existsSync(library)) return library;
  working(`${requirement.name}, the compiler of TPUs: 213 MB to download, 0.7 GB on disk, from PyPI`);
  const program = await uv();
  await intoPlace(folder, async (scratch) => {
    const requirements = join(scratch, "requirements.txt");
    await writeFile(requirements, requirement.text);
    const target = join(scratch, "whole");
    const result = await capture(
      program,
      [
        ...["pip", "install", "--quiet", "--python", python.program, "--target", target],
        ...["--no-deps", "--require-hashes", "-r", requirements],
      ],
      { env: { ...process.env, ...(await indexSettings(python)) } },
    );
    if (result.code !== 0) {
      throw new SetupError(
        "PYTHON_PACKAGES_FAILED",
        `Could not install ${requirement.name}:\n${tail(result)}`,
        "Check the access to PyPI (or set UV_DEFAULT_INDEX to your mirror) and the free disk space, then run this again.",
      );
    }
    // Diagnostics of a running TPU.
    await rm(join(target, "libtpu/sdk.so"), { force: true });
    return target;
  });
  return library;
}

/**
 * What `trainer/uv.lock` says of libtpu, as a requirement of pip.
 *
 * @param {string} lock
 * @returns {{ name: string, text: string }}
 */
export function readRequirement(lock) {
  const entry = lock.split("[[package]]").find((each) => /^\s*name = "libtpu"$/m.test(each)) ?? "";
  const version = /^version = "(.+)"$/m.exec(entry)?.[1];
  const hashes = [...entry.matchAll(/hash = "(sha256:[0-9a-f]{64})"/g)].map(([, hash]) => `--hash=${hash}`);
  if (!version || hashes.length === 0) {
    throw new SetupError(
      "LOCK_BROKEN",
      "trainer/uv.lock names no libtpu.",
      "Restore it: git checkout trainer/uv.lock.",
    );
  }
  return { name: `libtpu-${version}`, text: `${[`libtpu==${version}`, ...hashes].join(" \\\n  ")}\n` };
}
