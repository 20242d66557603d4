import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Case } from "./case.ts";
import { cases } from "./cases/index.ts";
import { runCase } from "./run-case.ts";
import { chooseTarget, type Target } from "./target.ts";

let target: Target;
beforeAll(async () => {
  target = await chooseTarget();
  if (target.isReal)
    process.stdout.write(
      `${priceList(
        cases.filter((asked) => target.applies(asked)),
        target,
      )}\n`,
    );
});
afterAll(() => target.close());

/** What asking the real Vertex will cost, before it is asked. */
function priceList(asked: readonly Case[], { project, transports }: Target): string {
  const lines = asked.map(({ name, price }) => `  $${(price ?? 0).toFixed(2)}  ${name}`);
  const total = asked.reduce((sum, { price }) => sum + (price ?? 0), 0) * transports.length;
  return `${project}: about $${total.toFixed(2)}, by ${transports.length} transports each:\n${lines.join("\n")}`;
}

const patience = process.env["VERTEX_CONFORMANCE_PROJECT"] ? 3_600_000 : 60_000;

describe.each(["gRPC", "REST"])("by %s", (name) => {
  test.concurrent.each(cases.map((asked) => [asked.name, asked] as const))(
    "%s",
    async (_name, asked) => {
      const transport = target.transports.find((candidate) => candidate.name === name);
      if (transport === undefined) throw new Error(`the target has no ${name}`);
      if (!target.applies(asked)) return;
      const found = await runCase(asked, transport, target);
      // Every difference at once, with the document that both are measured by.
      expect(found.map((line) => `${line} (${asked.document})`)).toEqual([]);
    },
    patience,
  );
});
