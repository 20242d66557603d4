import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RetemperCommand, type Started } from "../support/retemper-command.ts";
import { topicRows } from "../support/topics.ts";

/** The README's story to its end: a first champion on 1,000 rows, the data grows, and one's own model and data. */

/** Of the data set's own description: the better of TF-IDF with logistic regression and the frozen embedding with it. */
const baseline = 0.786;
let command: RetemperCommand;
let start: Started;

beforeAll(async () => {
  command = await RetemperCommand.create();
  start = command.run("start");
  await start.says("Ctrl-C stops everything");
}, 900_000);
afterAll(() => command?.[Symbol.asyncDispose]());

it("makes the first champion", () => {
  expect(start.output()).toMatch(/Decision: promoted/);
});

it("when the data grows, the schedule's trigger retrains, and the better model is promoted", async () => {
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
});

it("tries a model of the Hub on a file of one's own", async () => {
  const rows = topicRows({ rows: 600, seed: 5 })
    .split("\n")
    .map((line) => JSON.parse(line) as { text: string; label: string });
  const file = join(command.state, "My Tickets.csv");
  await writeFile(file, ["body,queue", ...rows.map(({ text, label }) => `"${text}",${label}`)].join("\n"));

  const model = "sentence-transformers/all-MiniLM-L6-v2";
  const tried = command.run("try", "--model", model, "--data", file, "--text", "body", "--label", "queue");
  expect(await tried.exit, tried.output()).toBe(0);
  expect(tried.output()).toMatch(/Decision: promoted/);

  const predict = command.run("predict", "my-tickets", "a mail server for your mail");
  expect(await predict.exit, predict.output()).toBe(0);
  expect(predict.output()).toMatch(/mail/);
});

it("Ctrl-C ends it", async () => {
  start.signal("SIGINT");
  expect(await start.exit).toBe(130);
});
