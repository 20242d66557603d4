import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { intoPlace } from "./into-place.mjs";
import { CACHE } from "./paths.mjs";
import { UV } from "./pins.mjs";
import { atLeast } from "./python.mjs";
import { capture } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";
import { downloadWheel, unpackWheel } from "./wheel.mjs";

/**
 * The pip of this Python, or one that uv brings where the system's Python has none.
 *
 * @param {import("./python.mjs").Python} python
 * @returns {Promise<readonly string[]>} its command line
 */
export async function findPip(python) {
  const own = await capture(python.program, ["-m", "pip", "--version"]);
  if (own.code === 0) return [python.program, "-m", "pip"];
  const uv = await uvOnPath();
  if (uv) return [uv, "run", "--no-project", "--python", python.program, "--with", "pip", "python", "-m", "pip"];
  throw new SetupError(
    "PIP_MISSING",
    `${python.program} has no pip, and uv is not on the PATH.`,
    "Install one of them: Debian or Ubuntu, apt-get install python3-pip; macOS, brew install uv; or https://docs.astral.sh/uv. Then run this again.",
  );
}

/**
 * uv: the one on the PATH when it is new enough, otherwise the pinned one from PyPI.
 *
 * @param {import("./python.mjs").Python} python
 * @param {(note: string) => void} working
 * @returns {Promise<string>} path of the program
 */
export async function ensureUv(python, working) {
  const found = await uvOnPath();
  if (found) return found;

  const folder = join(CACHE, UV.wheel.requirement.replace("==", "-"));
  const program = join(folder, "uv");
  if (existsSync(program)) return program;

  working(`${UV.wheel.requirement} from PyPI`);
  const pip = await findPip(python);
  await intoPlace(folder, async (scratch) => {
    const wheel = await downloadWheel(pip, UV.wheel, scratch);
    await unpackWheel(python.program, wheel, scratch);
    const scripts = join(scratch, UV.wheel.scripts);
    await chmod(join(scripts, "uv"), 0o755);
    return scripts;
  });
  return program;
}

async function uvOnPath() {
  const result = await capture("uv", ["--version"]);
  const version = /^uv (\S+)/.exec(result.stdout)?.[1];
  return result.code === 0 && version && atLeast(version, UV.oldest) ? "uv" : undefined;
}
