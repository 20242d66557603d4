import { randomUUID } from "node:crypto";
import { isRecord, readJsonObject, sendJson } from "../http/body.ts";
import type { Exchange } from "../http/router.ts";
import type { BlobId } from "./blob-store.ts";
import { type HubParts, openForWriting } from "./context.ts";
import { HubError } from "./errors.ts";
import type { RepoId } from "./repo.ts";

/**
 * Uploads of large files: a batch says which contents are missing and where each is to be put; that address is secret,
 * since the clients send no token to it. https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
 */
export class LargeFiles {
  readonly #hub: HubParts;
  readonly #expected = new Map<string, BlobId>();

  constructor(hub: HubParts) {
    this.#hub = hub;
  }

  /** `POST /NAME.git/info/lfs/objects/batch` */
  async batch(repo: RepoId, { request, response }: Exchange): Promise<void> {
    await openForWriting(this.#hub, repo, request);
    const { operation, objects } = await readJsonObject(request);
    if (operation !== "upload" || !Array.isArray(objects)) {
      throw new HubError("INVALID", "The local Hub's LFS takes uploads only; files are downloaded from /resolve/.");
    }
    const answers = await Promise.all(objects.map((object: unknown) => this.#answer(readObject(object))));
    response.setHeader("content-type", "application/vnd.git-lfs+json");
    sendJson(response, 200, { transfer: "basic", objects: answers });
  }

  /** `PUT` to the address that a batch gave. */
  async receive(upload: string, { request, response }: Exchange): Promise<void> {
    const id = this.#expected.get(upload);
    if (id === undefined) throw new HubError("NOT_FOUND", "No upload was announced for this address");
    await this.#hub.blobs.receive(id, request);
    this.#expected.delete(upload);
    response.writeHead(200, { etag: `"${id.hash}"`, "content-length": 0 }).end();
  }

  async #answer(id: BlobId): Promise<unknown> {
    const object = { oid: id.hash, size: id.size, authenticated: true };
    if (await this.#hub.blobs.has(id)) return object;
    const upload = randomUUID();
    this.#expected.set(upload, id);
    return { ...object, actions: { upload: { href: `${this.#hub.baseUrl()}/__lfs/${upload}`, header: {} } } };
  }
}

function readObject(object: unknown): BlobId {
  if (!isRecord(object) || typeof object["size"] !== "number" || !/^[0-9a-f]{64}$/.test(String(object["oid"]))) {
    throw new HubError("INVALID", "an object has no sha256 or no size");
  }
  return { algorithm: "sha256", hash: String(object["oid"]), size: object["size"] };
}
