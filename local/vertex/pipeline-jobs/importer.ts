import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { PipelineDeploymentConfig_ImporterSpecJson } from "../../../specs/ir/generated/pipeline_spec_pb.js";
import type { Mount } from "../processes/mount.ts";
import { VertexError } from "../wire/errors.ts";
import type { Json, JsonObject } from "../wire/json.ts";
import type { Execution, ExecutorDependencies } from "./execution.ts";
import { fill, fillJson, type PlaceholderScope } from "./placeholders.ts";
import type { Values } from "./records.ts";

/** Makes an artifact of an address, or finds the one that an earlier import made of it. */
export async function runImporter(
  { artifactUri, typeSchema, metadata = {}, reimport = false }: PipelineDeploymentConfig_ImporterSpecJson,
  { component, job, onRunning, signal }: Execution,
  scope: PlaceholderScope,
  { artifacts, importer }: ExecutorDependencies,
): Promise<Values> {
  onRunning();
  const parameter = artifactUri?.runtimeParameter;
  const uri = parameter === undefined ? fill(String(artifactUri?.constant ?? ""), scope) : scope.parameters[parameter];
  if (typeof uri !== "string" || uri === "")
    throw new VertexError("INVALID_ARGUMENT", "The importer has no artifact URI.");
  await importer.fetch(uri, signal);
  const [output = "artifact"] = Object.keys(component.outputDefinitions?.artifacts ?? {});
  const { schemaTitle = "system.Artifact", schemaVersion = "0.0.1", instanceSchema } = typeSchema ?? {};
  const facts = {
    displayName: output,
    uri,
    schemaTitle,
    schemaVersion,
    ...(instanceSchema === undefined ? {} : { instanceSchema }),
    metadata: fillJson(metadata as Json, scope) as JsonObject,
  };
  return { parameters: {}, artifacts: { [output]: [artifacts.import(job.name, facts, reimport)] } };
}

interface ObjectList {
  readonly items?: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
}

/** Brings what is imported by `gs://` and isn't on this machine from another Cloud Storage. */
export class Importer {
  readonly #mount: Mount;
  /** Base address of that Cloud Storage; null where nothing is fetched. */
  readonly #upstream: string | null;

  constructor(mount: Mount, upstream: string | null) {
    this.#mount = mount;
    this.#upstream = upstream;
  }

  /** An object, or all objects of a folder; nothing for what is here. Throws NOT_FOUND, UNAVAILABLE. */
  async fetch(uri: string, signal: AbortSignal): Promise<void> {
    const place = this.#mount.localPath(uri);
    if (this.#upstream === null || !uri.startsWith("gs://") || place === undefined) return;
    if ((await stat(place).catch(() => undefined)) !== undefined) return;
    const [bucket = "", ...path] = uri.slice("gs://".length).split("/");
    const name = path.join("/").replace(/\/+$/, "");
    const names = (await this.#list(bucket, name, signal)).filter(
      (found) => found === name || name === "" || found.startsWith(`${name}/`),
    );
    if (names.length === 0) throw new VertexError("NOT_FOUND", `${uri} is neither here nor at ${this.#upstream}.`);
    // Whole or not at all: a folder appears once everything is in it.
    await mkdir(dirname(place), { recursive: true });
    const scratch = await mkdtemp(join(this.#mount.root, ".fetching-"));
    try {
      for (const found of names) {
        const file = found === name ? join(scratch, "object") : join(scratch, "folder", found.slice(name.length));
        if (!found.endsWith("/")) await this.#download(bucket, found, file, signal);
      }
      await rename(join(scratch, names.includes(name) && name !== "" ? "object" : "folder"), place);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  async #list(bucket: string, prefix: string, signal: AbortSignal): Promise<string[]> {
    const names: string[] = [];
    let pageToken: string | undefined;
    do {
      const query = new URLSearchParams({ prefix, ...(pageToken === undefined ? {} : { pageToken }) });
      const response = await this.#get(`/storage/v1/b/${encodeURIComponent(bucket)}/o?${query}`, signal);
      const page = (await response.json()) as ObjectList;
      names.push(...(page.items ?? []).map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    return names;
  }

  async #download(bucket: string, name: string, file: string, signal: AbortSignal): Promise<void> {
    const path = `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}?alt=media`;
    const { body } = await this.#get(path, signal);
    if (body === null) throw new VertexError("UNAVAILABLE", `${this.#upstream}${path} has no content.`);
    await mkdir(dirname(file), { recursive: true });
    await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(file), { signal });
  }

  async #get(path: string, signal: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${this.#upstream}${path}`, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw new VertexError("UNAVAILABLE", `${this.#upstream} can't be reached: ${String(error)}`);
    }
    if (response.ok) return response;
    const code = response.status === 404 ? "NOT_FOUND" : response.status === 403 ? "PERMISSION_DENIED" : "UNAVAILABLE";
    throw new VertexError(code, `${this.#upstream}${path} answered ${response.status}: ${await response.text()}`);
  }
}
