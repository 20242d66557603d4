import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { sendJson } from "../../../http/body.ts";
import type { Exchange } from "../../../http/router.ts";
import { VertexError } from "../../wire/errors.ts";
import { beginEvents, sendEvent, wantsEvents } from "../live.ts";
import { readBefore, readFrom } from "./log-file.ts";

export const streams = ["stderr", "stdout"] as const;
export type Stream = (typeof streams)[number];

export function logFile(folder: string, stream: Stream): string {
  return join(folder, `${stream}.log`);
}

/**
 * A log of one of the processes in `folders`, by the query's `process` (from 1) and `stream`. As events: its end, then
 * what is added while it is live. With `before` (a byte) the part before that; with `download` the whole file.
 */
export async function answerLog(exchange: Exchange, folders: readonly string[], isLive: () => boolean): Promise<void> {
  const { query, response } = exchange;
  const folder = folders[Number(query.get("process") ?? folders.length) - 1];
  const stream = streams.find((known) => known === query.get("stream"));
  if (folder === undefined || stream === undefined) throw new VertexError("NOT_FOUND", "There is no such log.");
  const file = logFile(folder, stream);
  if (query.has("download")) return download(exchange, file, stream);
  if (wantsEvents(exchange)) return follow(exchange, file, isLive);
  const before = query.get("before");
  sendJson(response, 200, await readBefore(file, before === null ? undefined : Number(before)));
}

const pollMilliseconds = 200;

async function follow({ request, response }: Exchange, file: string, isLive: () => boolean): Promise<void> {
  beginEvents(response);
  // The browser says how far it has read, when it comes again by itself.
  const known = request.headers["last-event-id"];
  let part = known === undefined ? await readBefore(file) : await readFrom(file, Number(known));
  while (!response.destroyed) {
    // Asked before the file is read: what was written last is not missed.
    const live = isLive();
    if (part.to > part.from) await sendEvent(response, { event: "part", id: String(part.to), data: part });
    else if (!live) break;
    else await wait(pollMilliseconds);
    part = await readFrom(file, part.to);
  }
  if (response.destroyed) return;
  await sendEvent(response, { event: "end", data: null });
  response.end();
}

async function download({ response }: Exchange, file: string, stream: Stream): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": `attachment; filename="${stream}.log"`,
    "x-content-type-options": "nosniff",
  });
  if (existsSync(file)) await pipeline(createReadStream(file), response);
  else response.end();
}
