/**
 * One worker's share of a phase of a preparation: what a container of the Vertex pipeline runs.
 *
 *     retemper-prepare --work DIR --output DIR --phase NAME --worker N --workers N --mount /gcs/BUCKET … --done FILE
 *
 * Exit 0 when done; 2 for bad data, of which `failure.json` in the work folder says everything.
 */
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../errors.ts";
import { inTemporaryFolder } from "../temporary.ts";
import { writeWhole } from "./engine/work.ts";
import { runShare } from "./share.ts";

/** Of the machine; the rest is for the process itself, and for the system's cache of files. */
const shareOfMemory = 0.5;

const text = { type: "string", default: "" } as const;
const { values } = parseArgs({
  options: {
    work: text,
    output: text,
    phase: text,
    worker: text,
    workers: text,
    mount: { type: "string", multiple: true, default: [] },
    done: text,
  },
});

try {
  await inTemporaryFolder((scratch) =>
    runShare({
      ...{ work: values.work, output: values.output, phase: values.phase, done: values.done },
      ...{ worker: Number(values.worker), workers: Number(values.workers), mounts: values.mount, scratch },
      memory: Math.min(totalmem(), process.constrainedMemory() || totalmem()) * shareOfMemory,
      lanes: availableParallelism(),
      onPiece: (title, done, pieces) => process.stdout.write(`${title}: ${done} of ${pieces} pieces\n`),
    }),
  );
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  const { code, message, problems } = error;
  await writeWhole(join(values.work, "failure.json"), JSON.stringify({ code, message, problems }));
  process.stderr.write(`${JSON.stringify({ error: code, message, problems })}\n`);
  process.exitCode = 2;
}
