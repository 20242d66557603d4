import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { keepFile } from "../hub/commit-request.ts";
import type { HubServer } from "../hub/index.ts";
import type { Operation } from "../hub/operations.ts";
import type { RepoId } from "../hub/repo.ts";
import { uploadMode } from "../hub/upload-mode.ts";

/** Who signs the seed's commits. */
const author = "retemper";

export interface SeedCommit {
  readonly title: string;
  readonly message: string;
  /** Fixed, so that the commit's hash is the same on every machine. */
  readonly date: number;
  readonly operations: readonly Operation[];
}

/** Makes the repo with its first commit, unless it has one. */
export async function seedRepo(hub: HubServer, id: RepoId, commit: () => Promise<SeedCommit>): Promise<void> {
  if (hub.repositories.find(id, "main") !== undefined) return;
  if (hub.database.repo(id) === undefined) {
    hub.repositories.create(id, { private: false, gated: false, sdk: null, isMirror: false });
  }
  hub.repositories.commit(id, "main", { ...(await commit()), author, parent: null });
}

/** Puts a stream into the blob store, and gives the operation that brings it into a repo. */
export async function addContent(
  hub: HubServer,
  path: string,
  size: number,
  sha256: string | null,
  open: () => Promise<AsyncIterable<Buffer>>,
): Promise<Operation> {
  if (uploadMode({ path, size, sample: Buffer.alloc(0) }) === "regular") {
    return { type: "file", path, ...(await keepFile(hub.blobs, await buffer(await open()))) };
  }
  const hash = sha256 ?? (await hashOf(await open()));
  const id = { algorithm: "sha256", hash, size } as const;
  if (!(await hub.blobs.has(id))) await hub.blobs.receive(id, await open());
  return { type: "lfsFile", path, sha256: hash, size };
}

/** Takes a file of this checkout in. */
export async function addFile(hub: HubServer, path: string, file: string): Promise<Operation> {
  const { size } = await stat(file);
  const open = async () => createReadStream(file) as AsyncIterable<Buffer>;
  return addContent(hub, path, size, null, open);
}

async function hashOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}
