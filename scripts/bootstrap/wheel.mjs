import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PLATFORM } from "./pins.mjs";
import { capture, tail } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";

/** @typedef {{ requirement: string, hashes: Record<string, string> }} PinnedWheel */

/**
 * Fetches a wheel into a folder with pip, which knows the machine's index, proxy and certificates, and checks its hash.
 *
 * @param {readonly string[]} pip command line of a pip
 * @param {PinnedWheel} wheel
 * @param {string} folder
 * @returns {Promise<string>} the wheel's path
 */
export async function downloadWheel(pip, wheel, folder) {
  const hash = wheel.hashes[PLATFORM] ?? wheel.hashes.any;
  if (!hash) {
    throw new SetupError("PLATFORM_UNSUPPORTED", `${wheel.requirement} has no wheel for ${PLATFORM}.`);
  }
  const requirements = join(folder, "requirements.txt");
  await writeFile(requirements, `${wheel.requirement} --hash=sha256:${hash}\n`);
  const [command, ...first] = pip;
  const args = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];
  const result = await capture(command, [...first, ...args, "--require-hashes", "-r", requirements, "-d", folder]);
  if (result.code !== 0) {
    throw new SetupError(
      "PIP_FAILED",
      `pip could not fetch ${wheel.requirement}:\n${tail(result)}`,
      "Check pip's access to its index (pip config list) and the free disk space, then run this again.",
    );
  }
  const [name] = (await readdir(folder)).filter((file) => file.endsWith(".whl"));
  if (!name) throw new SetupError("PIP_FAILED", `pip fetched no wheel for ${wheel.requirement}.`);
  const file = join(folder, name);
  // pip looks as well; but this file is about to be run, and the pip is anybody's.
  if ((await sha256(file)) !== hash) {
    throw new SetupError("WRONG_HASH", `${name} is not the file that was tried: its sha256 is not ${hash}.`);
  }
  return file;
}

/**
 * @param {string} python
 * @param {string} wheel
 * @param {string} folder
 */
export async function unpackWheel(python, wheel, folder) {
  const result = await capture(python, ["-m", "zipfile", "-e", wheel, folder]);
  if (result.code !== 0) throw new SetupError("UNPACK_FAILED", `Cannot unpack ${wheel}:\n${tail(result)}`);
}

/** @param {string} file */
export async function sha256(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}
