import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { isRecord, parseJsonObject } from "../http/body.ts";
import type { BlobStore } from "./blob-store.ts";
import { HubError } from "./errors.ts";
import { objectOid } from "./git-objects.ts";
import type { Operation } from "./operations.ts";

export interface CommitRequest {
  readonly title: string;
  readonly message: string;
  readonly parent: string | null;
  readonly operations: readonly Operation[];
}

/**
 * Reads a commit's lines, one by one: a header, then operations. Contents go into the blob store as they come.
 * https://huggingface.co/docs/hub/api#post-apirepotyperepoidcommitrevision
 */
export async function readCommitRequest(body: Readable, blobs: BlobStore): Promise<CommitRequest> {
  let header: Readonly<Record<string, unknown>> | undefined;
  const operations: Operation[] = [];
  for await (const line of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    const { key, value } = parseJsonObject(line);
    if (!isRecord(value)) throw new HubError("INVALID", `"${String(key)}" has no value`);
    if (key === "header") header = value;
    else operations.push(await readOperation(String(key), value, blobs));
  }
  if (header === undefined) throw new HubError("INVALID", "The commit has no header");
  const { summary, description, parentCommit } = header;
  if (typeof summary !== "string" || summary === "") throw new HubError("INVALID", "The commit has no summary");
  return {
    title: summary,
    message: typeof description === "string" ? description : "",
    parent: typeof parentCommit === "string" && parentCommit !== "" ? parentCommit : null,
    operations,
  };
}

async function readOperation(
  key: string,
  value: Readonly<Record<string, unknown>>,
  blobs: BlobStore,
): Promise<Operation> {
  const { path } = value;
  if (typeof path !== "string") throw new HubError("INVALID", `"${key}" has no path`);
  switch (key) {
    case "file": {
      const content = Buffer.from(String(value["content"] ?? ""), value["encoding"] === "base64" ? "base64" : "utf8");
      return { type: "file", path, ...(await keepFile(blobs, content)) };
    }
    case "lfsFile": {
      const sha256 = String(value["oid"]);
      if (!/^[0-9a-f]{64}$/.test(sha256)) throw new HubError("INVALID", `"lfsFile" of ${path} has no sha256`);
      const size = await blobs.sizeOf({ algorithm: "sha256", hash: sha256 });
      if (size === undefined) throw new HubError("INVALID", `The content of ${path} (${sha256}) was never uploaded`);
      return { type: "lfsFile", path, sha256, size };
    }
    case "deletedFile":
    case "deletedFolder":
      return { type: key, path };
    default:
      throw new HubError("INVALID", `"${key}" is no operation of a commit`);
  }
}

/** Puts a small file's content into the store. */
export async function keepFile(blobs: BlobStore, content: Buffer): Promise<{ oid: string; size: number }> {
  const oid = objectOid("blob", content);
  const id = { algorithm: "git", hash: oid, size: content.length } as const;
  if (!(await blobs.has(id))) await blobs.receive(id, oneChunk(content));
  return { oid, size: content.length };
}

async function* oneChunk(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
