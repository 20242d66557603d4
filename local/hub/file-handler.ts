import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { header } from "../http/body.ts";
import { type ByteRange, parseByteRange } from "../http/byte-range.ts";
import type { Exchange } from "../http/router.ts";
import { sendRange } from "../http/send-range.ts";
import { type BlobId, blobOf } from "./blob-store.ts";
import { type Handler, type HubParts, openCommit, type Reader, repoUrl } from "./context.ts";
import { HubError } from "./errors.ts";
import type { Commit, Repo, TreeEntry } from "./repo.ts";

/** `GET|HEAD /NAME/resolve/REVISION/PATH`: a file's content. */
export const file: Handler = async (hub, { repo: id, rest }, exchange) => {
  const [revision = "main", ...parts] = rest;
  const { request, response } = exchange;
  const opened = await openCommit(hub, id, revision, request);
  const { repo, commit, identity } = opened;
  response.setHeader("x-repo-commit", commit.oid);
  // Of what is kept of another Hub, that one has decided.
  if (!repo.isMirror) hub.identities.requireAccess(identity, repo, repoUrl(hub, id));
  const path = parts.join("/");
  const entry = commit.entries.find((candidate) => candidate.path === path);
  if (entry === undefined) throw new HubError("ENTRY_NOT_FOUND", `Entry not found: ${path} is not in ${commit.oid}`);

  const blob = blobOf(entry);
  const etag = `"${blob.hash}"`;
  response.setHeader("etag", etag);
  if (header(request, "if-none-match") === etag) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader("accept-ranges", "bytes");
  response.setHeader("content-type", contentType(path));
  response.setHeader("content-disposition", `inline; filename*=UTF-8''${encodeURIComponent(parts.at(-1) ?? path)}`);
  if (entry.lfs !== null) {
    response.setHeader("x-linked-etag", etag);
    response.setHeader("x-linked-size", entry.size);
  }
  const range = startAnswer(exchange, entry.size);
  if (request.method === "HEAD" || entry.size === 0) response.end();
  else if (await hub.blobs.has(blob)) await sendKept(hub, blob, range, response);
  else await sendUpstreams(hub, { repo, commit, entry, reader: opened }, range, response);
};

/** Writes status and length. */
function startAnswer({ request, response }: Exchange, size: number): ByteRange {
  const range = size === 0 ? undefined : parseByteRange(header(request, "range"), size);
  if (range === "unsatisfiable") {
    response.setHeader("content-range", `bytes */${size}`);
    throw new HubError("RANGE_NOT_SATISFIABLE", "The requested range cannot be satisfied.");
  }
  // The JavaScript client learns a file's size from this header, of an empty file too.
  if (size === 0 && header(request, "range") !== undefined) response.setHeader("content-range", "bytes */0");
  const part = range ?? { start: 0, end: size - 1 };
  if (range !== undefined) response.setHeader("content-range", `bytes ${part.start}-${part.end}/${size}`);
  response.statusCode = range === undefined ? 200 : 206;
  response.setHeader("content-length", part.end - part.start + 1);
  return part;
}

async function sendKept(hub: HubParts, blob: BlobId, part: ByteRange, response: ServerResponse): Promise<void> {
  const handle = await hub.blobs.read(blob);
  try {
    await sendRange(handle, part, response);
  } finally {
    await handle.close();
  }
}

/** Passes a file on from the upstream as it comes; keeps it when all of it is asked for. */
async function sendUpstreams(
  hub: HubParts,
  from: { readonly repo: Repo; readonly commit: Commit; readonly entry: TreeEntry; readonly reader: Reader },
  { start, end }: ByteRange,
  response: ServerResponse,
): Promise<void> {
  const { repo, commit, entry, reader } = from;
  if (hub.upstream === null) {
    const name = `${entry.path} of ${repo.name}`;
    throw new HubError("UPSTREAM_UNREACHABLE", `${name} is not kept in the local Hub, which has no upstream now.`);
  }
  const isWhole = start === 0 && end === entry.size - 1;
  const range = isWhole ? undefined : `bytes=${start}-${end}`;
  const answer = await hub.upstream.open(repo, commit, entry.path, range, reader.upstreamAuthorization);
  const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  if (!isWhole) return pipeline(body, response);
  let last: Buffer | null = null;
  async function* passOn(): AsyncGenerator<Buffer> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (last !== null) await write(response, last);
      last = chunk;
      yield chunk;
    }
  }
  await hub.blobs.receive(blobOf(entry), passOn());
  // The client has all of it only once its hash is known to be right.
  response.end(last);
}

function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

function contentType(path: string): string {
  if (path.endsWith(".json")) return "application/json";
  return /\.(md|txt|ya?ml|csv|py|gitattributes)$/.test(path) ? "text/plain; charset=utf-8" : "application/octet-stream";
}
