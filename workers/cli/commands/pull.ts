import { relative } from "node:path";
import { defineCommand } from "citty";
import colours from "picocolors";
import { guard } from "../guard.ts";
import { bytesText } from "../jobs/bytes.ts";
import { failuresOf, type JobView, viewJob } from "../jobs/failures.ts";
import { bringArtifacts } from "../jobs/pull/bring-artifacts.ts";
import { JobSource, originArguments } from "../jobs/pull/job-source.ts";
import { bytesOf } from "../jobs/pull/list-objects.ts";
import { reportText } from "../jobs/pull/report.ts";
import type { PulledArtifact, PulledTask } from "../jobs/pulled-job.ts";
import { isMeant, selectStep } from "../jobs/rerun/selector.ts";
import { stopSignal } from "../jobs/stop-signal.ts";
import { CommandError } from "../user-error.ts";
import { terminal } from "../view/terminal.ts";

export const pull = defineCommand({
  meta: { name: "pull", description: "Bring a pipeline job of Vertex AI here: what failed, its inputs, its spec." },
  args: {
    job: { type: "positional", required: false, description: "Name, id, or address of the job's page in the console" },
    "latest-failed": { type: "boolean", description: "The latest job that failed" },
    pipeline: { type: "string", description: "With --latest-failed: of this pipeline" },
    task: { type: "string", description: "Bring the input artifacts of this task, not of those that failed" },
    artifacts: { type: "boolean", default: true, description: "--no-artifacts: leave their content there" },
    ...originArguments,
    json: { type: "boolean", description: "For programs" },
  },
  run: ({ args }) =>
    guard(async () => {
      if ((args.job === undefined) !== (args["latest-failed"] === true)) {
        throw new CommandError("WHICH_JOB", "Name the job, or say --latest-failed.");
      }
      const source = await JobSource.read(args);
      const reference = args.job === undefined ? await source.latestFailed(args.pipeline) : await source.find(args.job);
      await using origin = await source.open(reference);
      const { job, folder } = await source.pull(origin, reference);
      const view = viewJob(job);
      const out = terminal();
      if (!args.json) out.write(`${reportText(view, out.columns)}\n`);

      const wanted = args.artifacts ? inputsOf(view, args.task) : [];
      const options = { maxSize: source.maxSize, out: terminal(process.stderr), signal: stopSignal() };
      const brought = await bringArtifacts(origin, folder, wanted, options);
      const place = relative(process.env["INIT_CWD"] ?? process.cwd(), folder.path);
      if (args.json) {
        const failures = failuresOf(view).map(({ place, task }) => ({ place, error: task.error, inputs: task.inputs }));
        const artifacts = brought.map(({ uri, objects }) => ({
          uri,
          files: objects?.map((object) => folder.fileOf(object.uri)) ?? null,
        }));
        out.write(
          `${JSON.stringify({ job: job.name, state: job.state, folder: folder.path, failures, artifacts }, null, 2)}\n`,
        );
        return 0;
      }
      const files = brought.flatMap(({ objects }) => objects ?? []).length;
      const content =
        files === 0 ? "" : ` with ${files === 1 ? "1 file" : `${files} files`}, ${bytesText(bytesOf(brought))}`;
      out.write(`${colours.green("✓")} pulled into ${place}${content}\n`);
      if (job.state === "FAILED")
        out.write(`${colours.dim("Run it again here, from there:")} npx retemper rerun ${reference.id}\n`);
      return 0;
    }),
});

/** Of the tasks that failed, or of the one that is named, in all its iterations. */
function inputsOf(view: JobView, named: string | undefined): readonly PulledArtifact[] {
  const tasks = named === undefined ? failuresOf(view).map(({ task }) => task) : tasksNamed(view, named);
  return tasks.flatMap(({ inputs }) => Object.values(inputs.artifacts).flat());
}

function tasksNamed({ flow, places }: JobView, name: string): readonly PulledTask[] {
  const selection = selectStep(flow, name);
  return [...places.byPlace.values()]
    .filter(({ step, turns }) => isMeant(selection, step, turns))
    .map(({ task }) => task);
}
