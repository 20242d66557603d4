/** A preparation in a process of its own, which a test can kill: `node prepare-process.ts PLAN FOLDER`. A line a step. */
import { readFile } from "node:fs/promises";
import type { Plan } from "../../activities/dataset/plan.ts";
import { prepareFiles } from "../../activities/dataset/prepare-files.ts";

const [, , planFile = "", folder = ""] = process.argv;
const plan: Plan = JSON.parse(await readFile(planFile, "utf8"));
await prepareFiles({ plan, folder, lanes: 1, onProgress: (step) => process.stdout.write(`${step}\n`) });
