import { BodyError, isRecord } from "../http/body.ts";

/** An upload in one request: the object's resource, then its bytes. */
export interface MultipartUpload {
  readonly resource: Readonly<Record<string, unknown>>;
  /** Of the second part; null when it names none. */
  readonly contentType: string | null;
  readonly media: AsyncIterable<Buffer>;
}

const longestPrologue = 1024 * 1024;

/**
 * Reads `multipart/related` as it streams. The media ends where the last boundary stands; a body that ends before is
 * broken and throws {@link BodyError}. https://cloud.google.com/storage/docs/uploading-objects#rest-upload-objects
 */
export async function readMultipartRelated(
  contentType: string | undefined,
  body: AsyncIterable<Buffer>,
): Promise<MultipartUpload> {
  const boundary = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? "");
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) throw new BodyError("multipart upload without a boundary in its Content-Type");
  const chunks = body[Symbol.asyncIterator]();
  const prologue = await readPrologue(chunks, `--${name}`);
  return { ...prologue, media: mediaUntil(prologue.rest, chunks, Buffer.from(`\r\n--${name}`)) };
}

async function readPrologue(chunks: AsyncIterator<Buffer>, delimiter: string) {
  let buffer: Buffer = Buffer.alloc(0);
  for (;;) {
    const parts = parsePrologue(buffer, delimiter);
    if (parts !== undefined) return parts;
    const { value, done } = await chunks.next();
    if (done || buffer.length > longestPrologue) throw new BodyError("multipart upload without two parts");
    buffer = Buffer.concat([buffer, value]);
  }
}

/** Undefined as long as the headers of the second part are not complete. */
function parsePrologue(buffer: Buffer, delimiter: string) {
  const first = buffer.indexOf(delimiter);
  const resourceAt = first < 0 ? -1 : buffer.indexOf("\r\n\r\n", first);
  const second = resourceAt < 0 ? -1 : buffer.indexOf(`\r\n${delimiter}`, resourceAt + 4);
  const mediaAt = second < 0 ? -1 : buffer.indexOf("\r\n\r\n", second + 2);
  if (mediaAt < 0) return undefined;
  const headers = buffer.subarray(second, mediaAt).toString("latin1");
  return {
    resource: parseResource(buffer.subarray(resourceAt + 4, second).toString("utf8")),
    contentType: /^content-type:\s*(.+?)\s*$/im.exec(headers)?.[1] ?? null,
    rest: buffer.subarray(mediaAt + 4),
  };
}

function parseResource(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = text.trim() === "" ? {} : JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Falls through to the one answer for a part that is no resource.
  }
  throw new BodyError("the first part of a multipart upload is not a JSON object");
}

/** Keeps back as many bytes as a boundary is long, since it may stand across two chunks. */
async function* mediaUntil(first: Buffer, chunks: AsyncIterator<Buffer>, delimiter: Buffer): AsyncGenerator<Buffer> {
  // With empty media the boundary follows the headers' own line end.
  let held = Buffer.concat([Buffer.from("\r\n"), first]);
  let isStart = true;
  for (;;) {
    const end = held.indexOf(delimiter);
    const sendable = end < 0 ? held.length - delimiter.length : end;
    if (sendable > (isStart ? 2 : 0)) {
      yield held.subarray(isStart ? 2 : 0, sendable);
      held = held.subarray(sendable);
      isStart = false;
    }
    if (end >= 0) break;
    const { value, done } = await chunks.next();
    if (done) throw new BodyError("multipart upload ended before its last boundary");
    held = Buffer.concat([held, value]);
  }
  while (!(await chunks.next()).done) {
    // What follows the last boundary means nothing.
  }
}
