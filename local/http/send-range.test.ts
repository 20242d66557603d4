import { randomBytes } from "node:crypto";
import { mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendRange } from "./send-range.ts";
import { type HttpServer, serveHttp } from "./serve.ts";

const content = randomBytes(3_000_001);
let folder: string;
let path: string;
let server: HttpServer;
/** What sending ended with, in the order of the requests. */
const ended: Promise<void>[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "retemper-range-"));
  path = join(folder, "file");
  await writeFile(path, content);
  server = await serveHttp(0, async (request, response) => {
    const [start = 0, end = 0] = (request.url ?? "").slice(1).split("-").map(Number);
    response.setHeader("content-length", end - start + 1);
    const handle = await open(path, "r");
    const sent = sendRange(handle, { start, end }, response).finally(() => handle.close());
    ended.push(sent);
    await sent;
  });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test.each([
  [0, 0],
  [0, 524_287],
  [0, 524_288],
  [7, 1_048_583],
  [0, content.length - 1],
])("bytes %d to %d arrive as they are, also many at once", async (start, end) => {
  const answers = await Promise.all(
    Array.from({ length: 6 }, async () =>
      Buffer.from(await (await fetch(`${server.url}/${start}-${end}`)).arrayBuffer()),
    ),
  );
  for (const answer of answers) expect(answer.equals(content.subarray(start, end + 1))).toBe(true);
});

test("a client that goes away ends the sending", async () => {
  const abort = new AbortController();
  const answer = await fetch(`${server.url}/0-${content.length - 1}`, { signal: abort.signal });
  await answer.body?.getReader().read();
  abort.abort();
  await expect(ended.at(-1)).resolves.toBeUndefined();
});

test("an answer about a file that became shorter is broken off, not filled", async () => {
  await truncate(path, 1_000_000);
  const read = fetch(`${server.url}/0-${content.length - 1}`).then((answer) => answer.arrayBuffer());
  await expect(read).rejects.toThrow();
});
