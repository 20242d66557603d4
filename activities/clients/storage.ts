import type { Storage } from "@google-cloud/storage";
import { NativeCrc32c } from "./crc32c.ts";
import type { Environment } from "./environment.ts";
import { type Once, once } from "./once.ts";

export function createStorageClient({ project, storage }: Pick<Environment, "project" | "storage">): Once<Storage> {
  return once(async () => {
    const module = await import("@google-cloud/storage");
    return new module.Storage({
      projectId: project,
      crc32cGenerator: () => new NativeCrc32c(),
      ...(storage.endpoint === null
        ? {}
        : { apiEndpoint: storage.endpoint, useAuthWithCustomEndpoint: !storage.anonymous }),
    });
  });
}
