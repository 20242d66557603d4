import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { intoPlace } from "./into-place.mjs";
import { CACHE } from "./paths.mjs";
import { NODE, OLDEST_NODE, PLATFORM } from "./pins.mjs";
import { capture, tail } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * A Node that runs our sources: this one when it is new enough, otherwise one from npm, kept in the cache.
 *
 * @param {(note: string) => void} working
 * @param {string} [running] version of the Node that runs now
 * @returns {Promise<string>} path of the program
 */
export async function ensureNode(working, running = process.versions.node) {
  if (Number.parseInt(running, 10) >= OLDEST_NODE) return process.execPath;

  const folder = join(CACHE, `node-${NODE.version}`);
  const program = join(folder, "node_modules/.bin/node");
  if (existsSync(program)) return program;

  const wanted = NODE.packages[PLATFORM];
  if (!wanted) {
    throw new SetupError(
      "NODE_UNAVAILABLE",
      `Node ${running} is too old, and npm has no Node for ${PLATFORM}.`,
      `Install Node ${OLDEST_NODE} or newer (https://nodejs.org), then run this again.`,
    );
  }
  working(`Node ${NODE.version} from npm, because this one is ${running}`);
  await intoPlace(folder, async (scratch) => {
    const args = ["install", "--prefix", scratch, "--ignore-scripts", "--no-audit", "--no-fund"];
    const installed = await capture("npm", [...args, `${wanted.name}@${NODE.version}`], { env: npmEnvironment() });
    if (installed.code !== 0) {
      throw new SetupError(
        "NODE_UNAVAILABLE",
        `npm could not install ${wanted.name}@${NODE.version}:\n${tail(installed)}`,
        `Check npm's access to its registry, or install Node ${OLDEST_NODE} or newer, then run this again.`,
      );
    }
    await verify(scratch, wanted);
    return scratch;
  });
  return program;
}

/** @param {string} folder @param {{ name: string, integrity: string }} wanted */
async function verify(folder, wanted) {
  const lock = JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8"));
  const integrity = lock.packages?.[`node_modules/${wanted.name}`]?.integrity;
  if (integrity !== wanted.integrity) {
    throw new SetupError(
      "WRONG_HASH",
      `${wanted.name}@${NODE.version} is not the file that was tried: npm says ${integrity}, expected ${wanted.integrity}.`,
      "Ask whoever runs your npm registry, or install a current Node yourself.",
    );
  }
}

/** npm's own settings, less those that tie a nested npm to the script that runs now. */
export function npmEnvironment(env = process.env) {
  const { npm_config_local_prefix: _prefix, ...rest } = env;
  return rest;
}
