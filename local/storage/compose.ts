import { isRecord } from "../http/body.ts";
import type { ObjectRecord } from "./catalog.ts";
import { StorageError } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import { checkPreconditions, noPreconditions, type Preconditions } from "./preconditions.ts";
import { readObjectFields } from "./resources.ts";
import { stageFile } from "./staged-file.ts";

interface ComposeSource {
  readonly name: string;
  readonly generation: number | null;
  readonly generationMatch: number | null;
}

/** One object out of up to 32 others, in their order. https://cloud.google.com/storage/docs/composite-objects */
export async function composeObjects(
  store: ObjectStore,
  bucket: string,
  name: string,
  body: Readonly<Record<string, unknown>>,
  preconditions: Preconditions,
): Promise<ObjectRecord> {
  const sources = readSources(body["sourceObjects"]);
  let componentCount = 0;
  async function* chunks(): AsyncGenerator<Buffer> {
    for (const source of sources) {
      const { record, handle } = await store.open(bucket, source.name, source.generation);
      try {
        checkPreconditions({ ...noPreconditions, generationMatch: source.generationMatch }, record, "write");
        componentCount += record.componentCount ?? 1;
        yield* handle.createReadStream({ start: 0, autoClose: false }) as AsyncIterable<Buffer>;
      } finally {
        await handle.close();
      }
    }
  }
  const staged = await stageFile(store.folders.staging, chunks());
  const fields = isRecord(body["destination"]) ? readObjectFields(body["destination"]) : {};
  return store.commit(bucket, name, staged, { fields, preconditions, componentCount });
}

function readSources(value: unknown): readonly ComposeSource[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new StorageError("INVALID", "You must provide at least one source component.");
  }
  if (value.length > 32) {
    throw new StorageError(
      "INVALID",
      `The number of source components provided (${value.length}) exceeds the maximum (32)`,
    );
  }
  return value.map((source: unknown) => {
    if (!isRecord(source) || typeof source["name"] !== "string") {
      throw new StorageError("INVALID", "A source component has no name.");
    }
    const conditions = isRecord(source["objectPreconditions"]) ? source["objectPreconditions"] : {};
    return {
      name: source["name"],
      generation: readGeneration(source["generation"]),
      generationMatch: readGeneration(conditions["ifGenerationMatch"]),
    };
  });
}

function readGeneration(value: unknown): number | null {
  return value === undefined || value === null ? null : Number(value);
}
