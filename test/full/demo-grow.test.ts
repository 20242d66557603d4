import { afterAll, beforeAll, expect, it } from "vitest";
import { RetemperCommand } from "../support/retemper-command.ts";

/** The README's story, to its end: a first champion on 1,000 rows, then the data grows, and the better model serves. */

/** Of the data set's own description: the better of TF-IDF with logistic regression and the frozen embedding with it. */
const baseline = 0.786;
let command: RetemperCommand;

beforeAll(async () => {
  command = await RetemperCommand.create();
});
afterAll(() => command?.[Symbol.asyncDispose]());

it("when the data grows, the schedule's trigger retrains, and the better model is promoted", async () => {
  const start = command.run("start");
  await start.says("Ctrl-C stops everything");
  expect(start.output()).toMatch(/Decision: promoted/);

  const grow = command.run("demo", "grow");
  expect(await grow.exit, grow.output()).toBe(0);
  expect(grow.output()).toMatch(/Decision: promoted/);
  const [, candidate, champion] = /accuracy\s+(0\.\d+) \(champion (0\.\d+)\)/.exec(grow.output()) ?? [];
  expect(Number(candidate)).toBeGreaterThan(baseline);
  expect(Number(candidate)).toBeGreaterThan(Number(champion));

  const predict = command.run("predict", "debian-sections", "Chess engine that plays against you in the terminal.");
  expect(await predict.exit, predict.output()).toBe(0);
  expect(predict.output()).toMatch(/games/);

  const again = command.run("run", "debian-sections");
  expect(await again.exit, again.output()).toBe(0);
  expect(again.output()).toMatch(/Nothing to do: promoted already/);

  start.signal("SIGINT");
  expect(await start.exit).toBe(130);
});
