import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestVertex, testVertex } from "../testing/harness.ts";
import { absentMethods } from "./absent-methods.ts";
import { loadProtos, loadServices } from "./protos.ts";
import { loadBindings } from "./rest/bindings.ts";

let server: TestVertex;
beforeAll(async () => {
  server = await testVertex();
});
afterAll(() => server.close());

const has = new Set(Object.keys(loadServices()));
const all = new Set(
  loadProtos()
    .services.filter(({ name }) => has.has(name))
    .flatMap(({ name, methods }) => methods.map((method) => `${name}.${method.name}`)),
);

test("of the services that are here, each method without a reason not to be is there", async () => {
  const unexplained: string[] = [];
  const explained = new Set<string>();
  for (const { name, rule } of loadBindings().filter(({ service }) => has.has(service.name))) {
    const path = rule.path.replace(/\{[\w.]+=?([^}]*)\}/g, (_all, inner: string) => inner || "*").replaceAll("*", "x");
    const body = rule.verb === "GET" || rule.verb === "DELETE" ? {} : { body: "{}" };
    const answer = await fetch(`http://${server.vertex.address}${path}`, { method: rule.verb, ...body });
    if (answer.status !== 501) continue;
    const { error } = (await answer.json()) as { error: { message: string } };
    // A method may refuse a part of its request in the same words.
    if (!error.message.startsWith(name)) continue;
    const reason = absentMethods.get(name);
    if (reason === undefined || !error.message.includes(reason)) unexplained.push(error.message);
    explained.add(name);
  }
  expect(unexplained).toEqual([]);
  expect([...absentMethods.keys()].filter((name) => !explained.has(name))).toEqual([]);
});

test("the documentation has them all, with their reasons", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../docs/local-vertex.md"), "utf8").replaceAll(/\s+/g, " ");
  expect([...absentMethods.keys()].filter((name) => !all.has(name))).toEqual([]);
  for (const [name, reason] of absentMethods) {
    expect(text).toContain(`\`${name.split(".")[1]}\``);
    expect(text).toContain(reason);
  }
});
