import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Webhook {
  readonly url: string;
  /** Bodies of the posts, in their order. */
  readonly posts: readonly unknown[];
  close(): Promise<void>;
}

export async function startWebhook(): Promise<Webhook> {
  const posts: unknown[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      posts.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    posts,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
