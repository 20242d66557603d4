import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { type Head, isFull, RangeClient } from "../../activities/clients/range-client.ts";
import { serverCertificate } from "../../local/vertex/wire/certificates.ts";
import { testFolder } from "./environment.ts";

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  return (server.address() as AddressInfo).port;
}

/** Answers every request with these very bytes, in these pieces. */
async function serveRaw(...pieces: readonly (string | Buffer)[]): Promise<URL> {
  const server = createServer((socket) => {
    socket.on("data", async () => {
      for (const piece of pieces) {
        await new Promise((written) => socket.write(piece, written));
        await new Promise((next) => setImmediate(next));
      }
    });
  });
  return new URL(`http://127.0.0.1:${await listen(server)}/file`);
}

async function get(client: RangeClient, url: URL, bytes: number, signal = new AbortController().signal) {
  const target = Buffer.alloc(bytes);
  let count = 0;
  const onBytes = (more: number): void => {
    count += more;
  };
  const head: Head = await client.get({ url, headers: {}, target, onBytes, signal });
  return { head, target, count };
}

test("reads over TLS, and over one connection as long as it is kept", async () => {
  const folder = await testFolder();
  ends.push(folder.remove);
  const { key, certificate, authorityFile } = await serverCertificate(folder.path, Date.now());
  const before = getCACertificates();
  setDefaultCACertificates([...before, await readFile(authorityFile, "utf8")]);
  ends.push(async () => setDefaultCACertificates(before));
  const content = randomBytes(3_000_000);
  const server = createHttps({ key, cert: certificate }, (_request, response) => response.end(content));
  let connections = 0;
  server.on("secureConnection", () => connections++);
  const url = new URL(`https://localhost:${await listen(server)}/file`);
  const client = new RangeClient();
  for (let time = 0; time < 3; time++) {
    const { head, target, count } = await get(client, url, content.length);
    expect(isFull(head, target)).toBe(true);
    expect(count).toBe(content.length);
    expect(target.equals(content)).toBe(true);
  }
  expect(connections).toBe(1);
});

test("an answer is the same in whatever pieces it comes", async () => {
  const body = randomBytes(300);
  const answer = Buffer.concat([
    Buffer.from("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
    Buffer.from(`HTTP/1.1 206 Partial Content\r\nContent-Length: ${body.length}\r\nETag: "x"\r\n\r\n`),
    body,
  ]);
  const cuts = fc.uniqueArray(fc.nat({ max: answer.length }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(cuts, async (places) => {
      const at = [0, ...places.sort((left, right) => left - right), answer.length];
      const pieces = at.slice(1).map((end, index) => answer.subarray(at[index], end));
      const { head, target, count } = await get(new RangeClient(), await serveRaw(...pieces), body.length);
      expect(head).toEqual({
        status: 206,
        headers: new Map([
          ["content-length", "300"],
          ["etag", '"x"'],
        ]),
      });
      expect(count).toBe(body.length);
      expect(target.equals(body)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["is no HTTP", "SSH-2.0-OpenSSH_9.6\r\n\r\n"],
  ["never ends its head", "a".repeat(70_000)],
  ["has more bytes than announced", "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcdefgh"],
])("an answer that %s is a broken one", async (_, text) => {
  await expect(get(new RangeClient(), await serveRaw(text), 4)).rejects.toMatchObject({ code: "BrokenAnswer" });
});

test.each([
  ["of another length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcde"],
  ["without a length", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"],
  ["that refuses", "HTTP/1.1 503 Unavailable\r\nretry-after: 3\r\ncontent-length: 4\r\n\r\nbusy"],
])("an answer %s leaves the memory as it was, and the next request has its own connection", async (_, text) => {
  const client = new RangeClient();
  const url = await serveRaw(text);
  for (let time = 0; time < 2; time++) {
    const { head, target, count } = await get(client, url, 4);
    expect(isFull(head, target) && head.status < 300).toBe(false);
    expect(count).toBe(0);
    expect(target).toEqual(Buffer.alloc(4));
  }
});

test("an aborted request ends at once, with the reason", async () => {
  const url = await serveRaw("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab");
  const controller = new AbortController();
  const reading = get(new RangeClient(), url, 4, controller.signal);
  controller.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
});
