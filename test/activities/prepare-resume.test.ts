import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { makePlan } from "../../activities/dataset/make-plan.ts";
import { prepareFiles } from "../../activities/dataset/prepare-files.ts";
import { plannedRecipe, readPrepared, source, writeRows } from "../../activities/dataset/testing.ts";
import { inTemporaryFolder } from "../../activities/temporary.ts";

const rows = (file: number) =>
  Array.from({ length: 400 }, (_, index) => ({
    text: `text ${index} of file ${file}`,
    label: index % 3 === 0 ? "a" : "b",
  }));

/** Kills the process as soon as it says that. */
async function killedAt(step: RegExp, plan: string, folder: string): Promise<void> {
  const script = join(import.meta.dirname, "prepare-process.ts");
  const child = spawn(process.execPath, [script, plan, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  for await (const line of createInterface(child.stdout)) {
    if (!step.test(line)) continue;
    child.kill("SIGKILL");
    break;
  }
  expect((await exited)[1]).toBe("SIGKILL");
}

/** Marker → when it was written. */
async function markers(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder, { recursive: true });
  const found = names.filter((name) => /^[a-z-]+\/\d{5}\.json$/.test(name));
  return new Map(
    await Promise.all(found.map(async (name) => [name, (await stat(join(folder, name))).mtimeMs] as const)),
  );
}

test.each([
  ["while reading", /^reading .*2 of 5 pieces/],
  ["in the middle of one large file", /^reading .*2 of 5 pieces/],
  ["while splitting", /^deduplicating .*3 of 8 pieces/],
  ["while writing", /^writing the shards.*5 of 8 pieces/],
])("killed %s, it goes on behind what was finished, and gives the same bytes", async (where, step) => {
  await inTemporaryFolder(async (temporary) => {
    const each = [0, 1, 2, 3, 4].map(rows);
    const given = where.includes("one large file") ? [each.flat()] : each;
    const files = await Promise.all(given.map((some, index) => writeRows(temporary, `${index}.jsonl`, some)));
    const chunkBytes = Math.ceil(files.reduce((sum, { bytes }) => sum + bytes, 0) / 5);
    const plan = { ...makePlan({ recipe: plannedRecipe(), sources: [source(files)], chunkBytes }), buckets: 8 };
    const planFile = join(temporary, "plan.json");
    await writeFile(planFile, JSON.stringify(plan));
    const folder = join(temporary, "killed");
    await mkdir(folder);
    await killedAt(step, planFile, folder);
    const before = await markers(folder);
    expect(before.size).toBeGreaterThan(1);
    const resumed = await prepareFiles({ plan, folder });
    const after = await markers(folder);
    for (const [name, written] of before) expect([name, after.get(name)]).toEqual([name, written]);
    expect(after.size).toBeGreaterThan(before.size);
    const whole = await prepareFiles({ plan, folder: join(temporary, "whole") });
    const one = await readPrepared(join(folder, "output"), resumed);
    const other = await readPrepared(join(temporary, "whole/output"), whole);
    expect(one.files).toEqual(other.files);
    expect(one.rows).toHaveLength(2000);
  });
});

test("begins anew where the plan is another one", async () => {
  await inTemporaryFolder(async (temporary) => {
    const file = await writeRows(temporary, "rows.jsonl", rows(0));
    const folder = join(temporary, "work");
    const plan = makePlan({ recipe: plannedRecipe(), sources: [source([file])] });
    await prepareFiles({ plan, folder });
    const other = makePlan({
      recipe: plannedRecipe({ splits: { validation: 0, test: 0.5 } }),
      sources: [source([file])],
    });
    const manifest = await prepareFiles({ plan: other, folder });
    expect(manifest.splits.validation.rows).toBe(0);
    expect(JSON.parse(await readFile(join(folder, "plan.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(other)));
  });
});
