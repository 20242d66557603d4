import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Makes a file or folder whole or not at all: `fill` works in a scratch folder beside the target and returns the path
 * that becomes the target. Interrupted, it leaves no target; two at once both end with a whole one.
 *
 * @param {string} target
 * @param {(scratch: string) => Promise<string>} fill
 */
export async function intoPlace(target, fill) {
  await mkdir(dirname(target), { recursive: true });
  const scratch = await mkdtemp(join(dirname(target), `.${basename(target)}.`));
  try {
    const made = await fill(scratch);
    await rm(target, { recursive: true, force: true });
    await rename(made, target);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
