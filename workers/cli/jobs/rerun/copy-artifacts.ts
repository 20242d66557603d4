import type { Storage } from "@google-cloud/storage";
import { httpStatus } from "../../../../activities/http-status.ts";
import type { ObjectStore } from "../../../../activities/storage/object-store.ts";
import { parseObjectUri } from "../../../../activities/storage/object-uri.ts";
import { CommandError } from "../../user-error.ts";
import type { JobFolder, LocalArtifact, LocalObject } from "../job-folder.ts";

/** The Cloud Storage of this machine. */
export interface LocalStorage {
  readonly client: () => Promise<Storage>;
  readonly objects: ObjectStore;
}

/**
 * Puts the content of pulled artifacts into this machine's Cloud Storage, at the addresses that they have where they are
 * from. Throws `CommandError` where something else is there already, unless it may be overwritten.
 */
export async function copyArtifacts(
  artifacts: readonly LocalArtifact[],
  folder: JobFolder,
  storage: LocalStorage,
  overwrite: boolean,
): Promise<void> {
  const objects = new Map(artifacts.flatMap((artifact) => artifact.objects).map((object) => [object.uri, object]));
  await ensureBuckets([...objects.keys()], storage);
  const others: string[] = [];
  for (const object of objects.values()) {
    const there = await storage.objects.stat(object.uri);
    if (there !== null && there.bytes === object.bytes && there.crc32c === object.crc32c) continue;
    if (there === null || overwrite) await upload(object, folder, storage);
    else others.push(object.uri);
  }
  if (others.length === 0) return;
  throw new CommandError(
    "ARTIFACT_CONFLICT",
    `This machine's Cloud Storage has other content at\n${others.map((uri) => `  ${uri}\n`).join("")}Replace it with --overwrite.`,
  );
}

/** A bucket that is there is left as it is. */
export async function ensureBuckets(uris: readonly string[], { client }: Pick<LocalStorage, "client">): Promise<void> {
  const storage = await client();
  for (const name of new Set(uris.map((uri) => parseObjectUri(uri).bucket))) {
    try {
      await storage.createBucket(name);
    } catch (error) {
      if (httpStatus(error) !== 409) throw error;
    }
  }
}

function upload({ uri, bytes }: LocalObject, folder: JobFolder, { objects }: LocalStorage): Promise<void> {
  return objects.upload(folder.fileOf(uri), uri, bytes);
}
