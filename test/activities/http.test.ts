import { writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { withFailures } from "../../activities/failure.ts";
import { createNotifyActivities } from "../../activities/notify/notify.ts";
import { Registry } from "../../activities/resolve/registry.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => new Promise((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("notify", () => {
  async function notifyOf(webhook: string | null, variables: Readonly<Record<string, string>> = {}) {
    const folder = await testFolder();
    ends.push(folder.remove);
    const recipe = [
      "name: sections",
      "task: text-classification",
      "model: { base: o/m }",
      "data: { source: hub, dataset: o/d, train: t.parquet }",
      "train: { hardware: { tpu: v5e, topology: 2x2 } }",
      "gate: {}",
      "promote: { endpoint: e }",
      ...(webhook === null ? [] : [`notify: { webhook: "${webhook}" }`]),
    ];
    await writeFile(join(folder.path, "sections.yaml"), recipe.join("\n"));
    const clients = testClients(testEnvironment({ recipes: folder.path }));
    const readVariable = (name: string) => variables[name];
    return withFailures(createNotifyActivities({ ...clients, readVariable })).notify;
  }
  const message = (recipe = "sections") => ({
    recipe,
    key: "run-1/failed",
    body: { recipe, workflowId: "run-1", outcome: "failed", reasons: ["because"] },
  });

  test("posts JSON with a key that lets the receiver drop a repetition", async () => {
    const got: { headers: IncomingHttpHeaders; body: unknown }[] = [];
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      got.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.end("ok");
    });
    const notify = await notifyOf(`${url}/hook`);
    await notify(message());
    expect(got).toMatchObject([{ headers: { "idempotency-key": "run-1/failed" }, body: message().body }]);
  });

  test("takes an address that is a secret from the variable that the recipe names", async () => {
    let posts = 0;
    const url = await serve((_request, response) => {
      posts++;
      response.end();
    });
    const notify = await notifyOf("$TEAM_WEBHOOK", { TEAM_WEBHOOK: `${url}/secret` });
    await notify(message());
    expect(posts).toBe(1);
    const without = await notifyOf("$TEAM_WEBHOOK");
    await expect(without(message())).rejects.toMatchObject({ type: "WebhookRefused", nonRetryable: true });
  });

  test.each([
    [500, undefined],
    [429, undefined],
    [400, "WebhookRefused"],
  ])("answered with %i, fails as %s", async (status, type) => {
    const url = await serve((_request, response) => response.writeHead(status).end());
    const notify = await notifyOf(`${url}/secret-path`);
    const error = await notify(message()).then(
      () => undefined,
      (reason: unknown) => reason as Error & { type?: string },
    );
    expect(error?.type).toBe(type);
    expect(error?.message).not.toContain("secret-path");
  });

  test("tells nobody where nobody is named", async () => {
    const notify = await notifyOf(null);
    await notify(message());
    await notify(message("unknown"));
  });
});

describe("Registry", () => {
  const digest = `sha256:${"a".repeat(64)}`;

  test("turns a tag into a digest, with the token that the challenge asks for", async () => {
    let asked = "";
    const url = await serve((request, response) => {
      if (request.url?.startsWith("/token")) return response.end(JSON.stringify({ token: "t" }));
      if (request.headers.authorization !== "Bearer t") {
        const challenge = `Bearer realm="${url}/token",service="s",scope="repository:p/r/trainer:pull"`;
        return response.writeHead(401, { "www-authenticate": challenge }).end();
      }
      asked = `${request.method} ${request.url}`;
      return response.writeHead(200, { "docker-content-digest": digest }).end();
    });
    const registry = new Registry({ endpoint: url });
    expect(await registry.pin("us-docker.pkg.dev/p/r/trainer:v1")).toBe(`us-docker.pkg.dev/p/r/trainer@${digest}`);
    expect(asked).toBe("HEAD /v2/p/r/trainer/manifests/v1");
  });

  test("says which image there is none of", async () => {
    const url = await serve((_request, response) => response.writeHead(404).end());
    await expect(new Registry({ endpoint: url }).pin("h.dev/a/b:1")).rejects.toMatchObject({ code: "NotFound" });
  });

  test("asks nobody about a digest", async () => {
    expect(await new Registry({ endpoint: "http://127.0.0.1:1" }).pin(`h.dev/a/b:1@${digest}`)).toBe(
      `h.dev/a/b@${digest}`,
    );
  });
});
