/**
 * One worker's share of a phase of a preparation: what a container of the Vertex pipeline runs.
 *
 *     retemper-prepare --work DIR --output DIR --phase NAME --worker N --workers N --mount /gcs/BUCKET … --done FILE
 *
 * Exit 0 when done; 2 for bad data, of which `failure.json` in the work folder says everything.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../errors.ts";
import { uninterrupted } from "../progress.ts";
import { inTemporaryFolder } from "../temporary.ts";
import { runSteps } from "./engine/run.ts";
import { Work, writeWhole } from "./engine/work.ts";
import { passesOf } from "./passes.ts";
import { type Plan, withPaths } from "./plan.ts";
import { stepsOf } from "./steps.ts";

/** Of the machine; the rest is for the process itself, and for the system's cache of files. */
const shareOfMemory = 0.5;

const { values } = parseArgs({
  options: {
    work: { type: "string", default: "" },
    output: { type: "string", default: "" },
    phase: { type: "string", default: "" },
    worker: { type: "string", default: "0" },
    workers: { type: "string", default: "1" },
    memory: { type: "string" },
    mount: { type: "string", multiple: true, default: [] },
    done: { type: "string", default: "" },
  },
});

try {
  await inTemporaryFolder(runShare);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  const { code, message, problems } = error;
  await writeWhole(join(values.work, "failure.json"), JSON.stringify({ code, message, problems }));
  process.stderr.write(`${JSON.stringify({ error: code, message, problems })}\n`);
  process.exitCode = 2;
}

async function runShare(scratch: string): Promise<void> {
  const stored: Plan = JSON.parse(await readFile(join(values.work, "plan.json"), "utf8"));
  const plan = withPaths(stored, mounted);
  const passes = passesOf(plan);
  const steps = stepsOf(passes).filter(({ phase }) => phase.name === values.phase);
  if (steps.length === 0) throw new Error(`a preparation has no phase ${values.phase}`);
  const memory = values.memory === undefined ? totalmem() * shareOfMemory : Number(values.memory);
  const lanes = availableParallelism();
  const work = new Work({ plan, folder: values.work, output: values.output, scratch, memory, lanes }, passes);
  await runSteps(work, steps, {
    lanes,
    signal: uninterrupted,
    share: { first: Number(values.worker), every: Number(values.workers) },
    onPiece: (phase, done, pieces) => process.stdout.write(`${phase.title}: ${done} of ${pieces} pieces\n`),
  });
  if (values.done === "") return;
  await mkdir(dirname(values.done), { recursive: true });
  await writeFile(values.done, `${values.phase} ${values.worker}`);
}

/** Where an address of Cloud Storage lies for this process. */
function mounted(path: string): string {
  const [, bucket, name = ""] = /^gs:\/\/([^/]+)\/(.*)$/.exec(path) ?? [];
  if (bucket === undefined) return path;
  const mount = values.mount.find((folder) => basename(folder) === bucket);
  if (mount === undefined) throw new Error(`the bucket ${bucket} is not mounted`);
  return join(mount, name);
}
