import { relative, resolve } from "node:path";
import { defineCommand } from "citty";
import colours from "picocolors";
import { createStorageClient } from "../../../activities/clients/storage.ts";
import { createVertexClients, type VertexClients } from "../../../activities/clients/vertex.ts";
import { ObjectStore } from "../../../activities/storage/object-store.ts";
import { describeGrpc, isGrpcError } from "../../../activities/vertex/status.ts";
import type { PipelineSpec } from "../../../specs/ir/types.ts";
import { type LocalVertex, localVertex } from "../dev/local-vertex.ts";
import { guard } from "../guard.ts";
import { failuresOf, type JobView, viewJob } from "../jobs/failures.ts";
import { flagValues } from "../jobs/flag-values.ts";
import type { JobFolder } from "../jobs/job-folder.ts";
import { consolePage, readJobName } from "../jobs/job-reference.ts";
import { JobSource, originArguments } from "../jobs/pull/job-source.ts";
import { failureLines } from "../jobs/pull/report.ts";
import type { PulledJob } from "../jobs/pulled-job.ts";
import { readChangedParameters } from "../jobs/rerun/changed-parameters.ts";
import { changedSteps } from "../jobs/rerun/changed-steps.ts";
import { copyArtifacts, ensureBuckets } from "../jobs/rerun/copy-artifacts.ts";
import { follow } from "../jobs/rerun/follow.ts";
import { gatherArtifacts } from "../jobs/rerun/gather-artifacts.ts";
import { imageHelp } from "../jobs/rerun/image-help.ts";
import { mapImages, parseImageMapping } from "../jobs/rerun/map-images.ts";
import { neededArtifacts } from "../jobs/rerun/needed-artifacts.ts";
import { planRerun, takenInSpiteOf } from "../jobs/rerun/plan.ts";
import { planText } from "../jobs/rerun/plan-text.ts";
import { registerInputs } from "../jobs/rerun/register-inputs.ts";
import { type Rerun, rerunId, rerunRequest } from "../jobs/rerun/rerun-job.ts";
import { selectStep } from "../jobs/rerun/selector.ts";
import { withoutCache } from "../jobs/rerun/without-cache.ts";
import { stopSignal } from "../jobs/stop-signal.ts";
import { CommandError } from "../user-error.ts";
import { rows, type Terminal, terminal } from "../view/terminal.ts";

export const rerun = defineCommand({
  meta: { name: "rerun", description: "Run a pulled job again on this machine, from the task that failed." },
  args: {
    job: { type: "positional", required: true, description: "Id, name or folder of a job; it is pulled if it wasn't" },
    from: { type: "string", description: "Run this task and all that depends on it; what failed when left out" },
    parameter: { type: "string", description: "Another value of an input: limit=300 (may be repeated)" },
    image: { type: "string", description: "IMAGE=COMMAND: a program in the place of an image (may be repeated)" },
    images: { type: "string", description: "File that says which image is which program" },
    "container-engine": { type: "string", description: "docker or podman: runs all other images" },
    plan: { type: "boolean", description: "Say what would be taken and what would run, and do nothing" },
    wait: { type: "boolean", description: "Follow it to its end, also where a local Vertex runs already" },
    overwrite: { type: "boolean", description: "Replace what this machine's Cloud Storage has at the same addresses" },
    ...originArguments,
  },
  run: ({ args, rawArgs }) =>
    guard(async () => {
      const source = await JobSource.read(args);
      const { folder, job, ran } = await pulledJob(source, args.job);
      const view = viewJob(job);
      const out = terminal();
      const from = args.from === undefined ? undefined : selectStep(view.flow, args.from);
      const plan = planRerun(view.flow, view.places, changedSteps(ran, job.spec), from);
      if (plan.runs.length === 0) {
        throw new CommandError("NOTHING_TO_RUN", `Every task of ${job.name} has its results. Name one: --from TASK.`);
      }
      const parameters = readChangedParameters(flagValues(rawArgs, "parameter"), job.spec);
      out.write(planText(plan, out.columns));
      const stale = takenInSpiteOf(view.flow, plan, new Set(Object.keys(parameters)));
      if (stale.length > 0) {
        const names = Object.keys(parameters).join(", ");
        out.write(`${colours.yellow("!")} taken although they read ${names}: ${stale.join(", ")}\n`);
      }
      if (args.plan) return 0;

      const { spec, unused } = mapImages(
        withoutCache(job.spec, plan.runs),
        flagValues(rawArgs, "image").map(parseImageMapping),
      );
      if (unused.length > 0) throw new CommandError("UNKNOWN_IMAGE", `No task has the image ${unused.join(", ")}.`);
      const signal = stopSignal();
      const artifacts = await gatherArtifacts(source, folder, job, neededArtifacts(view, plan), signal);
      await using vertex = await localVertex(source.configuration, {
        images: args.images === undefined ? undefined : resolve(process.env["INIT_CWD"] ?? ".", args.images),
        containerEngine: args["container-engine"],
      });
      await using clients = connect(vertex, job);
      await copyArtifacts(artifacts, folder, clients.storage, args.overwrite ?? false);
      await ensureBuckets([`${job.runtimeConfig.gcsOutputDirectory.replace(/\/*$/, "")}/`], clients.storage);
      await registerInputs(clients.vertex, job);
      const name = await create(clients.vertex, {
        job,
        spec,
        taken: plan.taken,
        parameters,
        id: rerunId(job, new Date()),
      });
      out.write(
        `${rows([["job", name], ...(vertex.page === null ? [] : [["page", consolePage(readJobName(name), vertex.page)] as const])])}\n`,
      );
      if (vertex.found && !args.wait) return 0;
      const status = report(await follow(clients.vertex, name, out, signal), out);
      if (!vertex.found)
        out.write(`${colours.dim("To look at it:")} npx retemper local --state ${shown(vertex.state)}\n`);
      return status;
    }),
});

/** A folder as a person there would type it. */
function shown(folder: string): string {
  const path = relative(process.env["INIT_CWD"] ?? process.cwd(), folder);
  return path.startsWith("..") ? folder : path;
}

/** As it is on disk, with what was edited there; pulled where it is not there yet. */
async function pulledJob(
  source: JobSource,
  text: string,
): Promise<{ folder: JobFolder; job: PulledJob; ran: PipelineSpec }> {
  const folder = source.pulledFolder(text);
  if (folder.exists) return { folder, ...(await folder.readJob()) };
  const reference = source.reference(text);
  await using origin = await source.open(reference);
  const pulled = await source.pull(origin, reference);
  return { ...pulled, ran: pulled.job.spec };
}

interface LocalClients extends AsyncDisposable {
  readonly vertex: VertexClients;
  readonly storage: { readonly client: ReturnType<typeof createStorageClient>; readonly objects: ObjectStore };
}

function connect({ address, storage }: LocalVertex, job: PulledJob): LocalClients {
  const { project } = readJobName(job.name);
  const vertex = createVertexClients({
    project,
    vertex: { endpoint: address, plaintext: true, console: null, pollSeconds: 1 },
  });
  const client = createStorageClient({ project, storage: { endpoint: storage, anonymous: true } });
  return {
    vertex,
    storage: { client, objects: new ObjectStore(client) },
    [Symbol.asyncDispose]: () => vertex.close(),
  };
}

async function create(vertex: VertexClients, job: Rerun): Promise<string> {
  try {
    const [created] = await (await vertex.pipelines()).createPipelineJob(rerunRequest(job));
    return created.name ?? "";
  } catch (error) {
    if (isGrpcError(error)) throw new CommandError("REFUSED", `Local Vertex refuses the job. ${describeGrpc(error)}`);
    throw error;
  }
}

function report(job: PulledJob, out: Terminal): number {
  const view: JobView = viewJob(job);
  for (const failure of failuresOf(view)) {
    out.write(`\n${failureLines(failure, out.columns).join("\n")}\n`);
    out.write(imageHelp(view, failure));
  }
  out.write(
    job.state === "SUCCEEDED"
      ? `\n${colours.green("✓")} ${job.displayName} succeeded\n`
      : `\n${colours.red("✗")} ${job.displayName} ${job.state.toLowerCase()}\n`,
  );
  return job.state === "SUCCEEDED" ? 0 : 1;
}
