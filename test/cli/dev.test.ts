import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RetemperCommand, type Started } from "../support/retemper-command.ts";
import { steps, training } from "../support/three-tasks.ts";

const checkout = resolve(import.meta.dirname, "../..");

let command: RetemperCommand;
/** A user's project, which has Retemper and TypeScript. */
let folder: string;
let module: string;

beforeEach(async () => {
  command = await RetemperCommand.create();
  folder = await mkdtemp(join(tmpdir(), "retemper-dev-"));
  module = join(folder, "training.ts");
  await mkdir(join(folder, "node_modules/@types"), { recursive: true });
  await writeFile(join(folder, "package.json"), `{ "type": "module", "private": true }`);
  await symlink(checkout, join(folder, "node_modules/retemper"));
  for (const name of ["typescript", "@types/node"]) {
    await symlink(join(checkout, "node_modules", name), join(folder, "node_modules", name));
  }
  await write("steps.ts", steps);
  await write("training.ts", training());
});

afterEach(async () => {
  await command[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test("each save is checked, compiled and run; what fails is told, what has run is cached", async () => {
  const dev = command.run("dev", module);
  await results(dev, 1);
  expect(sinceRound(dev, 1)).toMatch(/✓ training checked and compiled 3 tasks/);
  expect(sinceRound(dev, 1)).toMatch(/✓ prepare .* rows 40/);
  expect(sinceRound(dev, 1)).toMatch(/✓ evaluate .* accuracy 40/);
  expect(verdicts(dev)).toEqual(["passed"]);

  await write("training.ts", training({ evaluate: "fail" }));
  await results(dev, 2);
  expect(sinceRound(dev, 2)).toContain("training.ts changed");
  expect(sinceRound(dev, 2)).toMatch(/= prepare +cached/);
  expect(sinceRound(dev, 2)).toMatch(/✗ evaluate/);
  expect(sinceRound(dev, 2)).toContain("no column called label");
  expect(sinceRound(dev, 2)).toContain("exit status 3");

  await write("training.ts", training({ wiring: "model: rows" }));
  await results(dev, 3);
  expect(sinceRound(dev, 3)).toMatch(/training\.ts:7:\d+ error TS\d+/);
  expect(sinceRound(dev, 3)).not.toContain("prepare");

  await write("training.ts", `${training()}\nexport const other = pipeline("other", {}, () => {});\n`);
  await results(dev, 4);
  expect(sinceRound(dev, 4)).toMatch(/training\.ts:\d+:\d+ error empty/);

  await write("training.ts", training());
  await results(dev, 5);
  expect(sinceRound(dev, 5)).toMatch(/= evaluate +cached/);

  await write("steps.ts", steps.replace("rows + 1", "rows + 2"));
  await results(dev, 6);
  expect(sinceRound(dev, 6)).toContain("steps.ts changed");
  expect(sinceRound(dev, 6)).toMatch(/✓ prepare .* rows 41/);
  expect(verdicts(dev)).toEqual(["passed", "failed", "failed", "failed", "passed", "passed"]);

  const second = command.run("dev", module, "--once");
  expect(await second.exit).toBe(0);
  expect(second.output()).toMatch(/= prepare +cached/);

  dev.signal("SIGINT");
  expect(await dev.exit).toBe(130);
});

test("one round ends with what came of it", async () => {
  const passed = command.run("dev", `${module}#pipelineOfTraining`, "--once", "--parameter", "rows=7");
  expect(await passed.exit).toBe(0);
  expect(passed.output()).toMatch(/✓ prepare .* rows 8/);

  const refused = command.run("dev", module, "--once", "--parameter", "lines=7");
  expect(await refused.exit).toBe(1);
  expect(refused.output()).toContain("lines");

  await write("training.ts", training({ evaluate: "fail" }));
  expect(await command.run("dev", module, "--once").exit).toBe(1);
  const unrun = command.run("dev", module, "--once", "--no-run");
  expect(await unrun.exit).toBe(0);
  expect(unrun.output()).not.toContain("evaluate");
});

function write(name: string, text: string): Promise<void> {
  return writeFile(join(folder, name), text);
}

/** Resolves when that many rounds have ended. */
function results(dev: Started, count: number): Promise<void> {
  return Promise.race([
    expect.poll(() => verdicts(dev).length, { timeout: 60_000, interval: 20 }).toBe(count),
    dev.exit.then((code) => {
      throw new Error(`ended with ${code}:\n${dev.output()}`);
    }),
  ]);
}

function verdicts(dev: Started): readonly string[] {
  return [...dev.output().matchAll(/^[✓✗] (passed|failed) in/gm)].map(([, word = ""]) => word);
}

/** The output of the round with that number, from 1. */
function sinceRound(dev: Started, round: number): string {
  return dev.output().split(/^\d\d:\d\d:\d\d /m)[round] ?? "";
}
