import { resolve } from "node:path";
import { type Configuration, readConfiguration } from "../../../config/read-configuration.ts";
import { CommandError } from "../../user-error.ts";
import { parseBytes } from "../bytes.ts";
import { JobFolder } from "../job-folder.ts";
import { type JobReference, locationIn, parseJobReference, readJobName, type Surroundings } from "../job-reference.ts";
import type { PulledJob } from "../pulled-job.ts";
import { fetchJob, findLatestFailed } from "./fetch-job.ts";
import { type Origin, openOrigin } from "./origin.ts";

/** Options of every command that reads a job of a project. */
export const originArguments = {
  project: { type: "string", description: "Of the job, where its name doesn't say it" },
  location: { type: "string", description: "Region, where the job's name doesn't say it" },
  output: { type: "string", alias: "o", description: "Folder; .retemper/jobs/ID when left out" },
  "max-size": { type: "string", default: "1GiB", description: "How much is brought without asking" },
  endpoint: { type: "string", description: "Another Vertex AI than Google's: http://127.0.0.1:PORT" },
  "storage-endpoint": { type: "string", description: "Another Cloud Storage than Google's: http://127.0.0.1:PORT" },
} as const;

export interface OriginArguments {
  readonly project?: string | undefined;
  readonly location?: string | undefined;
  readonly output?: string | undefined;
  readonly "max-size": string;
  readonly endpoint?: string | undefined;
  readonly "storage-endpoint"?: string | undefined;
}

/** Where a command finds jobs, read from its options and from the configuration. */
export class JobSource {
  readonly maxSize: number;
  readonly #around: Surroundings;
  readonly #args: OriginArguments;
  readonly #configuration: Configuration;

  private constructor(args: OriginArguments, configuration: Configuration) {
    this.#args = args;
    this.#configuration = configuration;
    this.maxSize = parseBytes(args["max-size"]);
    const { file } = configuration;
    this.#around = {
      project: args.project ?? file.project ?? configuration.readVariable("GOOGLE_CLOUD_PROJECT"),
      location: args.location ?? file.location ?? configuration.readVariable("GOOGLE_CLOUD_LOCATION"),
    };
  }

  static async read(args: OriginArguments): Promise<JobSource> {
    return new JobSource(args, await readConfiguration());
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  reference(text: string): JobReference {
    return parseJobReference(text, this.#around);
  }

  /** As {@link reference}; a bare id may also be that of a job that was pulled here before. */
  async find(text: string): Promise<JobReference> {
    const isId = /^[a-z0-9][-a-z0-9]*$/.test(text);
    const folder = isId && this.#isPlaceless() ? this.folderOf({ id: text }) : null;
    return folder?.exists ? readJobName((await folder.readJob()).job.name) : this.reference(text);
  }

  #isPlaceless(): boolean {
    return !this.#around.project || !this.#around.location;
  }

  /** Throws `CommandError` where Google wants to know who asks. */
  open(place: Omit<JobReference, "id">): Promise<Origin> {
    const { endpoint, "storage-endpoint": storageEndpoint } = this.#args;
    return openOrigin(place, { endpoint, storageEndpoint }, this.#configuration);
  }

  /** The latest job that failed, of one pipeline where it is named. */
  async latestFailed(pipeline: string | undefined): Promise<JobReference> {
    const place = locationIn(this.#around);
    await using origin = await this.open(place);
    return await findLatestFailed(origin, place, pipeline);
  }

  folderOf({ id }: Pick<JobReference, "id">): JobFolder {
    return JobFolder.of(id, this.#args.output);
  }

  /** The folder of a job that was pulled: of its id, its name, or the folder itself. */
  pulledFolder(text: string): JobFolder {
    const folder = new JobFolder(resolve(process.env["INIT_CWD"] ?? ".", text));
    if (folder.exists) return folder;
    const id = /^[a-z0-9][-a-z0-9]*$/.test(text) ? text : this.reference(text).id;
    return this.folderOf({ id });
  }

  /** Asks for the job and writes what is told about it. */
  async pull(origin: Origin, reference: JobReference): Promise<{ job: PulledJob; folder: JobFolder }> {
    const job = await fetchJob(origin, reference);
    if (job.spec.root === undefined) {
      const from = job.templateUri === "" ? "" : ` It was made from ${job.templateUri}, which is not read.`;
      throw new CommandError("NO_SPEC", `${job.name} has no pipeline spec.${from}`);
    }
    const folder = this.folderOf(reference);
    await folder.writeJob(job);
    return { job, folder };
  }
}
