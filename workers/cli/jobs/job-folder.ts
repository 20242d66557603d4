import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { PipelineSpec } from "../../../specs/ir/types.ts";
import { parseSpecDocuments } from "../../../specs/load/documents.ts";
import { toYaml } from "../../../specs/load/write-yaml.ts";
import { CommandError } from "../user-error.ts";
import type { PulledJob } from "./pulled-job.ts";

const format = 1;

/** An artifact that was brought, and where each of its objects lies. */
export interface LocalArtifact {
  readonly uri: string;
  readonly objects: readonly LocalObject[];
}

export interface LocalObject {
  readonly uri: string;
  readonly bytes: number;
  readonly crc32c: string | null;
}

/** A pulled job on disk: `pipeline.yaml`, which may be edited before a rerun, `job.json`, and `artifacts/`. */
export class JobFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Where the jobs of a person's project are, by their ids, unless they say otherwise. */
  static of(id: string, output: string | undefined): JobFolder {
    const here = process.env["INIT_CWD"] ?? ".";
    return new JobFolder(resolve(here, output ?? join(".retemper/jobs", id)));
  }

  get exists(): boolean {
    return existsSync(join(this.path, "job.json"));
  }

  /** Throws `CommandError` where the folder is another job's. */
  async writeJob(job: PulledJob): Promise<void> {
    if (this.exists) {
      const { name } = await this.#readJson<{ name: string }>("job.json");
      if (name !== job.name) {
        throw new CommandError("FOLDER_TAKEN", `${this.path} holds ${name}. Give another folder: --output FOLDER.`);
      }
    }
    // Parameters and data of a job are nobody else's business: neither other users' of this machine, nor git's.
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await writeFile(join(this.path, ".gitignore"), "*\n");
    await this.#write("pipeline.yaml", toYaml(job.spec));
    await this.#write("job.json", `${JSON.stringify({ format, ...job }, null, 2)}\n`);
  }

  /**
   * The job, with the spec as `pipeline.yaml` has it now, and the spec that it ran. Throws `CommandError`, and `LoadError`
   * where the spec was edited into something that is none.
   */
  async readJob(): Promise<{ readonly job: PulledJob; readonly ran: PipelineSpec }> {
    if (!this.exists) throw new CommandError("NOT_PULLED", `There is no pulled job in ${this.path}.`);
    const { format: found, ...job } = await this.#readJson<PulledJob & { format: number }>("job.json");
    if (found !== format) {
      throw new CommandError("OTHER_FORMAT", `${this.path} was pulled by another version of retemper: pull it again.`);
    }
    const file = join(this.path, "pipeline.yaml");
    const { spec } = parseSpecDocuments(await readFile(file, "utf8"), file);
    return { job: { ...job, spec: spec as PipelineSpec }, ran: job.spec };
  }

  /** By address. */
  async readArtifacts(): Promise<ReadonlyMap<string, LocalArtifact>> {
    if (!existsSync(join(this.path, "artifacts.json"))) return new Map();
    const list = await this.#readJson<readonly LocalArtifact[]>("artifacts.json");
    return new Map(list.map((artifact) => [artifact.uri, artifact]));
  }

  /** Beside those that are there. */
  async addArtifacts(artifacts: readonly LocalArtifact[]): Promise<void> {
    const known = new Map(await this.readArtifacts());
    for (const { uri, objects } of artifacts) {
      const kept = objects.map(({ uri: address, bytes, crc32c }) => ({ uri: address, bytes, crc32c }));
      known.set(uri, { uri, objects: kept });
    }
    await this.#write("artifacts.json", `${JSON.stringify([...known.values()], null, 2)}\n`);
  }

  /** The file of an object, by its address. */
  fileOf(uri: string): string {
    const segments = uri.replace(/^gs:\/\//, "").split("/");
    return join(this.path, "artifacts", ...segments.map(safeSegment));
  }

  /** Whole or not at all. */
  async #write(name: string, text: string): Promise<void> {
    const file = join(this.path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  async #readJson<T>(name: string): Promise<T> {
    return JSON.parse(await readFile(join(this.path, name), "utf8")) as T;
  }
}

/** An object's name may have parts that a file's can't. */
function safeSegment(segment: string): string {
  return segment === "" || segment === "." || segment === ".." ? `%${segment}` : segment.replaceAll("\0", "%00");
}
