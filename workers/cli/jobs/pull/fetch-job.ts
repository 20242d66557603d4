import { setTimeout as sleep } from "node:timers/promises";
import { isGrpcError, isTransientGrpc } from "../../../../activities/vertex/status.ts";
import { CommandError } from "../../user-error.ts";
import { type JobReference, jobName, parseJobReference } from "../job-reference.ts";
import type { PulledJob } from "../pulled-job.ts";
import { bareArtifacts, readJob } from "../read-job.ts";
import { explained, type Origin } from "./origin.ts";

type Place = Omit<JobReference, "id">;

const tries = 4;

/** Asks for the job with all that Vertex tells about it. Throws `CommandError`. */
export async function fetchJob(origin: Origin, reference: JobReference): Promise<PulledJob> {
  const name = jobName(reference);
  try {
    const pipelines = await origin.vertex.pipelines();
    const [message] = await patiently(() => pipelines.getPipelineJob({ name }));
    const artifact = async (artifactName: string) => {
      const metadata = await origin.vertex.metadata();
      const [found] = await patiently(() => metadata.getArtifact({ name: artifactName }));
      return found;
    };
    const store = `projects/${reference.project}/locations/${reference.location}/metadataStores/default`;
    const wanted = Object.entries(message.runtimeConfig?.inputArtifacts ?? {});
    const artifacts = await Promise.all(
      wanted.map(
        async ([input, { artifactId }]) => [input, await artifact(`${store}/artifacts/${artifactId}`)] as const,
      ),
    );
    // What a task's detail holds of an artifact is "a list of artifact metadata" in the API: be it the name alone.
    const known = new Map<string, Awaited<ReturnType<typeof artifact>>>();
    for (const bare of bareArtifacts(message)) known.set(bare, await artifact(bare));
    return readJob(message, Object.fromEntries(artifacts), known);
  } catch (error) {
    throw explained(error, name);
  }
}

/** The latest job that failed, of one pipeline when it is named. Throws `CommandError`. */
export async function findLatestFailed(
  origin: Origin,
  { project, location }: Place,
  pipeline: string | undefined,
): Promise<JobReference> {
  const parent = `projects/${project}/locations/${location}`;
  const filter = [
    'state="PIPELINE_STATE_FAILED"',
    ...(pipeline === undefined ? [] : [`pipeline_name=${JSON.stringify(pipeline)}`]),
  ].join(" AND ");
  try {
    const pipelines = await origin.vertex.pipelines();
    const [jobs] = await patiently(() =>
      pipelines.listPipelineJobs(
        { parent, filter, orderBy: "end_time desc", pageSize: 1, readMask: { paths: ["name"] } },
        { autoPaginate: false },
      ),
    );
    const [latest] = jobs;
    if (latest?.name) return parseJobReference(latest.name, { project, location });
  } catch (error) {
    throw explained(error, parent);
  }
  const which = pipeline === undefined ? "No pipeline job" : `No job of the pipeline ${pipeline}`;
  throw new CommandError("NOT_FOUND", `${which} has failed in ${parent}.`);
}

/** The client tries these calls once only. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === tries || !isGrpcError(error) || !isTransientGrpc(error)) throw error;
      await sleep(250 * 2 ** attempt);
    }
  }
}
