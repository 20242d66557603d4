import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cases } from "./cases/index.ts";
import { priceList } from "./price-list.ts";
import { runCase } from "./run-case.ts";
import { chooseTarget, type Target } from "./target.ts";

let target: Target;
beforeAll(async () => {
  target = await chooseTarget();
  if (!target.isReal) return;
  const asked = cases.filter((one) => target.applies(one));
  process.stdout.write(`${priceList(asked, target.project, target.transports.length)}\n`);
});
afterAll(() => target.close());

const patience = process.env["VERTEX_CONFORMANCE_PROJECT"] ? 3_600_000 : 60_000;

describe.each(["gRPC", "REST", "REST v1beta1"])("by %s", (name) => {
  test.concurrent.for(cases.map((asked) => [asked.name, asked] as const))(
    "%s",
    { timeout: patience },
    async ([, asked], { skip }) => {
      if (target.isDryRun) skip("a dry run asks nothing");
      if (!target.applies(asked)) skip("it isn't cheap");
      const transport = target.transports.find((candidate) => candidate.name === name);
      if (transport === undefined && target.isReal) return skip(`the real Vertex isn't asked by ${name}`);
      if (transport === undefined) throw new Error(`the target has no ${name}`);
      const found = await runCase(asked, transport, target);
      // Every difference at once, with the document that both are measured by.
      expect(found.map((line) => `${line} (${asked.document})`)).toEqual([]);
    },
  );
});
