import { CommandError } from "../user-error.ts";

/** A pipeline job of a project, as its resource name has it. */
export interface JobReference {
  readonly project: string;
  /** Region, such as `us-central1`. */
  readonly location: string;
  readonly id: string;
}

/** What stands in for what a bare id leaves out. */
export interface Surroundings {
  readonly project: string | undefined;
  readonly location: string | undefined;
}

const segment = "([^/?#\\s]+)";
const forms = [
  new RegExp(`projects/${segment}/locations/${segment}/pipelineJobs/${segment}$`),
  // The console's page of a run, in both forms that it has had.
  new RegExp(`/vertex-ai/locations/(?<location>[^/]+)/pipelines/runs/${segment}`),
  new RegExp(`/vertex-ai/pipelines/locations/(?<location>[^/]+)/runs/${segment}`),
];

/**
 * Reads a resource name, the address of a run's page in Google's console, an address of the API, or a bare id. Throws
 * `CommandError`.
 */
export function parseJobReference(text: string, around: Surroundings): JobReference {
  const [byName, ...byPage] = forms;
  const [, project, location, id] = byName?.exec(text.split("?")[0] ?? "") ?? [];
  if (project !== undefined && location !== undefined && id !== undefined) return { project, location, id };
  for (const form of byPage) {
    const found = form.exec(text);
    if (found === null) continue;
    const [, region = "", run = ""] = found;
    return { project: pageProject(text) ?? wanted("project", around.project), location: region, id: run };
  }
  if (!/^[a-z0-9][-a-z0-9]*$/.test(text)) {
    throw new CommandError(
      "INVALID_JOB",
      `${JSON.stringify(text)} names no pipeline job. Give projects/PROJECT/locations/REGION/pipelineJobs/ID, the address of the run's page in the console, or its id.`,
    );
  }
  return { ...locationIn(around), id: text };
}

/** Where jobs are looked for; throws `CommandError` where it is not said. */
export function locationIn({ project, location }: Surroundings): Pick<JobReference, "project" | "location"> {
  return { project: wanted("project", project), location: wanted("location", location) };
}

export function jobName({ project, location, id }: JobReference): string {
  return `projects/${project}/locations/${location}/pipelineJobs/${id}`;
}

/** Throws where the name is none of a job. */
export function readJobName(name: string): JobReference {
  return parseJobReference(name, { project: undefined, location: undefined });
}

/** The page of a run in Google's console, or in local Vertex's, which has it under the same path. */
export function consolePage(
  { project, location, id }: JobReference,
  console = "https://console.cloud.google.com",
): string {
  return `${console}/vertex-ai/locations/${location}/pipelines/runs/${id}?project=${project}`;
}

function pageProject(text: string): string | undefined {
  return URL.parse(text)?.searchParams.get("project") ?? undefined;
}

function wanted(name: "project" | "location", value: string | undefined): string {
  if (value !== undefined && value !== "") return value;
  throw new CommandError(
    "INCOMPLETE_JOB",
    `Which ${name}? Give --${name}, or the job's whole name: projects/PROJECT/locations/REGION/pipelineJobs/ID.`,
  );
}
