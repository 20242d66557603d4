import type { ObjectStore, StoredObject } from "../../../../activities/storage/object-store.ts";
import type { PulledArtifact } from "../pulled-job.ts";
import { explained } from "./origin.ts";

/** What is behind an artifact's address. */
export interface ArtifactObjects {
  readonly uri: string;
  /** Null where it is not an address of Cloud Storage: such as a model's name in the registry. */
  readonly objects: readonly StoredObject[] | null;
}

/** Looks up sizes and checksums; an artifact is an object or a folder, or both. Throws `CommandError`. */
export function listArtifacts(
  store: ObjectStore,
  artifacts: readonly PulledArtifact[],
): Promise<readonly ArtifactObjects[]> {
  const uris = [...new Set(artifacts.map(({ uri }) => uri))].filter((uri) => uri !== "");
  return Promise.all(
    uris.map(async (uri) => {
      if (!/^gs:\/\/[^/]+\/./.test(uri)) return { uri, objects: null };
      const address = uri.replace(/\/+$/, "");
      try {
        const [object, inside] = await Promise.all([store.stat(address), store.list(address)]);
        // An object that ends with a slash is what the console makes of an empty folder.
        const files = inside.filter(({ uri: found }) => !found.endsWith("/"));
        return { uri, objects: object === null ? files : [object, ...files] };
      } catch (error) {
        throw explained(error, uri);
      }
    }),
  );
}

export function bytesOf(artifacts: readonly ArtifactObjects[]): number {
  return artifacts.flatMap(({ objects }) => objects ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
}
