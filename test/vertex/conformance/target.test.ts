import { credentials } from "@grpc/grpc-js";
import { googleAuthLibrary } from "google-gax";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Case } from "./case.ts";
import { cases } from "./cases/index.ts";
import { priceList } from "./price-list.ts";
import { runCase } from "./run-case.ts";
import { type Connection, chooseTarget, type Target } from "./target.ts";

/** The way to the real Vertex, as far as it goes without one: the same code, led to a local one. */
let local: Target;
let real: Target;
const tokens: string[] = [];
beforeAll(async () => {
  local = await chooseTarget({});
  const environment = { VERTEX_CONFORMANCE_PROJECT: "my-project", VERTEX_CONFORMANCE_BUCKET: "my-bucket" };
  real = await chooseTarget(environment, (location): Connection => {
    expect(location).toBe("us-central1");
    const [apiEndpoint = "", port = ""] = local.address.split(":");
    const token = async () => {
      tokens.push("token");
      return "token";
    };
    const authClient = new googleAuthLibrary.PassThroughClient();
    const options = { apiEndpoint, port: Number(port), sslCreds: credentials.createInsecure(), authClient };
    return { apiEndpoint, options, url: `http://${local.address}`, token };
  });
});
afterAll(async () => {
  await real.close();
  await local.close();
});

const named = (name: string): Case => {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no case "${name}"`);
  return found;
};

test("only what is cheap is asked, its price told before", () => {
  const asked = cases.filter((one) => real.applies(one));
  expect(asked.length).toBeLessThan(cases.length);
  const text = priceList(asked, real.project, real.transports.length);
  const prices = [...text.matchAll(/^ {2}\$(\d+\.\d\d) {2}/gm)].map(([, price]) => Number(price));
  expect(prices).toHaveLength(asked.length);
  const total = Number(/about \$(\d+\.\d\d)/.exec(text)?.[1]);
  expect(total).toBeCloseTo(2 * prices.reduce((sum, price) => sum + price, 0), 2);
  expect(total).toBeLessThan(1);
});

test("every case names a document of Google's", () => {
  for (const { document } of cases) expect(document).toMatch(/^https:\/\/cloud\.google\.com\/vertex-ai\//);
});

test.each([0, 1])("each difference is told, and what agrees is not (transport %i)", async (index) => {
  const transport = real.transports[index];
  if (transport === undefined) throw new Error("there is no such transport");
  const right = named("a list is filtered and masked");
  expect(await runCase(right, transport, real)).toEqual([]);
  const [create, ...others] = named("an endpoint is created, read, changed by a mask, and deleted").steps;
  if (create === undefined) throw new Error("the case has no steps");
  const wrong: Case = {
    ...right,
    steps: [
      create,
      {
        call: "EndpointService.GetEndpoint",
        rest: ["GET", "/v1/{name}"],
        request: { name: "<<endpoint>>" },
        expect: { displayName: "another", labels: { suite: "other" }, description: { $absent: true } },
      },
      {
        call: "EndpointService.GetEndpoint",
        rest: ["GET", "/v1/{name}"],
        request: { name: "<<endpoint>>" },
        error: "NOT_FOUND",
      },
      ...others.filter(({ call }) => call.endsWith("DeleteEndpoint")),
    ],
  };
  const found = await runCase(wrong, transport, real);
  expect(found).toEqual([
    expect.stringMatching(/GetEndpoint: answer.displayName: expected "another", got "conformance-/),
    expect.stringMatching(/GetEndpoint: answer.labels.suite: expected "other", got "conformance"/),
    "EndpointService.GetEndpoint: answered OK, not NOT_FOUND",
  ]);
});

test("the token goes with REST's calls, and is asked for only then", () => {
  expect(tokens.length).toBeGreaterThan(0);
});

test("a dry run needs no credentials", async () => {
  const environment = {
    VERTEX_CONFORMANCE_PROJECT: "p",
    VERTEX_CONFORMANCE_BUCKET: "b",
    VERTEX_CONFORMANCE_LOCATION: "europe-west4",
    VERTEX_CONFORMANCE_DRY_RUN: "1",
  };
  const target = await chooseTarget(environment);
  expect(target).toMatchObject({ isReal: true, isDryRun: true, address: "europe-west4-aiplatform.googleapis.com" });
  await target.close();
  await expect(chooseTarget({ VERTEX_CONFORMANCE_PROJECT: "p" })).rejects.toThrow("VERTEX_CONFORMANCE_BUCKET");
});
