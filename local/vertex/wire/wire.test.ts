import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v1 } from "@google-cloud/aiplatform";
import { credentials } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOptions, parent, type TestVertex, testVertex } from "../testing/harness.ts";
import { serverCertificate } from "./certificates.ts";

let server: TestVertex;
let base: string;
beforeAll(async () => {
  server = await testVertex();
  base = `http://${server.vertex.address}/v1/${parent}`;
});
afterAll(() => server.close());

const port = () => Number(server.vertex.address.split(":")[1]);
const authority = () => readFileSync(server.vertex.certificateAuthority);

async function call(verb: string, path: string, body?: string | object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${base}${path}`, {
    method: verb,
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

test("gRPC over TLS is on the same port, under our own authority", async () => {
  const client = new v1.EndpointServiceClient({
    ...clientOptions(server.vertex.address),
    apiEndpoint: "localhost",
    sslCreds: credentials.createSsl(authority()),
  });
  const [endpoints] = await client.listEndpoints({ parent });
  expect(endpoints).toEqual([]);
  await client.close();
});

test("REST is there over TLS, and not for one who trusts another authority", async () => {
  const get = (ca?: Buffer) =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { host: "localhost", port: port(), path: `/v1/${parent}/endpoints`, ...(ca && { ca }) };
      const sent = request(options, (response) => resolve(response.resume().statusCode)).once("error", reject);
      sent.end();
    });
  expect(await get(authority())).toBe(200);
  await expect(get()).rejects.toThrow(expect.objectContaining({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }));
});

test("the certificate stays the same until it is about to end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  const now = Date.UTC(2026, 0, 1);
  const first = await serverCertificate(folder, now);
  expect(statSync(join(folder, "server.key.pem")).mode & 0o077).toBe(0);
  expect(await serverCertificate(folder, now + 1)).toEqual(first);
  const later = await serverCertificate(folder, now + 790 * 24 * 3_600_000);
  expect(later.certificate).not.toEqual(first.certificate);
  rmSync(folder, { recursive: true });
});

test("a resource goes round in protobuf's JSON form", async () => {
  const created = await call("POST", "/endpoints?endpoint_id=1234", { display_name: "over REST", labels: { a: "b" } });
  expect(created).toMatchObject({
    status: 200,
    body: { done: true, response: { "@type": "type.googleapis.com/google.cloud.aiplatform.v1.Endpoint" } },
  });
  const name = `${parent}/endpoints/1234`;
  expect((await call("GET", "/endpoints/1234")).body).toMatchObject({
    name,
    displayName: "over REST",
    createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  const updated = await call("PATCH", "/endpoints/1234?updateMask=display_name", { displayName: "changed" });
  expect(updated.body).toMatchObject({ displayName: "changed", labels: { a: "b" } });
  const query = new URLSearchParams({ filter: 'display_name="changed"', readMask: "name,displayName", pageSize: "1" });
  expect((await call("GET", `/endpoints?${query}`)).body).toEqual({ endpoints: [{ name, displayName: "changed" }] });
  const deleted = await call("DELETE", "/endpoints/1234");
  const { name: operation } = deleted.body as { name: string };
  const got = await fetch(`http://${server.vertex.address}/v1/${operation}`);
  expect(await got.json()).toMatchObject({ name: operation, done: true });
  const byPython = await fetch(`http://${server.vertex.address}/ui/${operation}`);
  expect(await byPython.json()).toMatchObject({ name: operation, done: true });
});

test.each([
  ["GET", "/endpoints/5", undefined, 404, "NOT_FOUND"],
  ["POST", "/endpoints", { displayNam: "x" }, 400, "INVALID_ARGUMENT"],
  ["POST", "/endpoints", "{", 400, "INVALID_ARGUMENT"],
  ["POST", "/endpoints", "[]", 400, "INVALID_ARGUMENT"],
  ["GET", "/endpoints?colour=red", undefined, 400, "INVALID_ARGUMENT"],
  ["GET", "/endpoints?pageSize=many", undefined, 400, "INVALID_ARGUMENT"],
  ["GET", "/nothing/here", undefined, 404, "NOT_FOUND"],
])("%s %s is refused in Google's form", async (verb, path, body, status, code) => {
  expect(await call(verb, path, body)).toMatchObject({ status, body: { error: { code: status, status: code } } });
});

test("a method that isn't there answers with its name, by REST and by gRPC", async () => {
  expect(await call("GET", "/datasets")).toMatchObject({
    status: 501,
    body: { error: { status: "UNIMPLEMENTED", details: [{ metadata: { what: "DatasetService.ListDatasets" } }] } },
  });
  const client = new v1.DatasetServiceClient(server.client);
  await expect(client.listDatasets({ parent })).rejects.toMatchObject({
    code: 12,
    message: expect.stringContaining("DatasetService.ListDatasets"),
  });
  await client.close();
});

test("faults reach both", async () => {
  const fault = { method: "EndpointService.ListEndpoints", code: "RESOURCE_EXHAUSTED", times: 1 } as const;
  server.vertex.admin.faults.failMethod(fault);
  expect((await call("GET", "/endpoints")).status).toBe(429);
  expect((await call("GET", "/endpoints")).status).toBe(200);
});
