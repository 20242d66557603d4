import { existsSync } from "node:fs";
import { OLDEST_PYTHON } from "./pins.mjs";
import { capture } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";

const NAMES = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];

/** @typedef {{ program: string, version: string }} Python */

/**
 * The first Python on the PATH that is new enough.
 *
 * @param {readonly string[]} [names]
 * @returns {Promise<Python>}
 */
export async function findPython(names = NAMES) {
  const tooOld = [];
  for (const name of names) {
    const result = await capture(name, [
      "-c",
      "import sys; print(sys.executable); print('%d.%d.%d' % sys.version_info[:3])",
    ]);
    if (result.code !== 0) continue;
    const [program, version] = result.stdout.trim().split("\n");
    if (!program || !version || !existsSync(program)) continue;
    if (atLeast(version, OLDEST_PYTHON)) return { program, version };
    tooOld.push(`${name} is ${version}`);
  }
  const oldest = OLDEST_PYTHON.join(".");
  throw new SetupError(
    "PYTHON_MISSING",
    `No Python ${oldest} or newer is on the PATH${tooOld.length > 0 ? ` (${tooOld.join(", ")})` : ""}.`,
    `Install it: Debian or Ubuntu, apt-get install python3 python3-venv python3-pip; macOS, brew install python; or https://www.python.org/downloads. Then run this again.`,
  );
}

/** @param {string} version such as 3.11.7 @param {readonly number[]} oldest */
export function atLeast(version, oldest) {
  const parts = version.split(".").map((part) => Number.parseInt(part, 10));
  for (const [index, least] of oldest.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
