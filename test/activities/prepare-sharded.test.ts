import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { makePlan } from "../../activities/dataset/make-plan.ts";
import { passesOf } from "../../activities/dataset/passes.ts";
import { prepareFiles } from "../../activities/dataset/prepare-files.ts";
import { runShare } from "../../activities/dataset/share.ts";
import { stepsOf } from "../../activities/dataset/steps.ts";
import { plannedRecipe, readPrepared, source, writeRows, writeText } from "../../activities/dataset/testing.ts";
import { inTemporaryFolder } from "../../activities/temporary.ts";

const checkout = resolve(import.meta.dirname, "../..");

const rows = (file: number) =>
  Array.from({ length: 300 }, (_, index) => ({
    text: `${index % 10 === 0 ? "shared" : `file ${file}`}: text ${index}`,
    label: index % 3 === 0 ? "a" : "b",
  }));

/** One worker's program, as a container runs it. */
async function program(work: string, phase: string): Promise<number | null> {
  const child = spawn(
    process.execPath,
    [
      join(checkout, "activities/dataset/main.ts"),
      ...["--work", work, "--output", join(work, "output"), "--phase", phase, "--worker", "0", "--workers", "1"],
    ],
    { stdio: ["ignore", "ignore", "ignore"] },
  );
  const [code] = await once(child, "exit");
  return code;
}

describe("a preparation that is shared out", () => {
  test("gives the bytes of the single process", async () => {
    await inTemporaryFolder(async (folder) => {
      const bucket = join(folder, "bucket");
      await mkdir(bucket);
      const files = await Promise.all([0, 1, 2].map((file) => writeRows(bucket, `${file}.jsonl`, rows(file))));
      const plan = { ...makePlan({ recipe: plannedRecipe(), sources: [source(files)] }), buckets: 4 };
      const whole = await prepareFiles({ plan, folder: join(folder, "whole") });
      const inBucket = files.map((file, index) => ({ ...file, path: `gs://bucket/${index}.jsonl` }));
      const sharded = { ...makePlan({ recipe: plannedRecipe(), sources: [source(inBucket)] }), buckets: 4 };
      const work = join(folder, "sharded");
      await mkdir(work);
      await writeFile(join(work, "plan.json"), JSON.stringify(sharded));
      for (const { phase } of stepsOf(passesOf(sharded))) {
        const workers = Math.min(2, phase.pieces(sharded));
        const share = (worker: number) =>
          runShare({
            ...{ work, output: join(work, "output"), phase: phase.name, worker, workers },
            ...{ mounts: [bucket], done: join(work, `done-${worker}`), scratch: join(folder, `scratch-${worker}`) },
            ...{ memory: 300e6, lanes: 1 },
          });
        await Promise.all(Array.from({ length: workers }, (_, number) => share(number)));
      }
      const manifest = JSON.parse(await readFile(join(work, "output/manifest.json"), "utf8"));
      const one = await readPrepared(join(work, "output"), manifest);
      const other = await readPrepared(join(folder, "whole/output"), whole);
      expect(one.files).toEqual(other.files);
      expect(manifest.duplicates.withinSplits).toBe(60);
    });
  });

  test("leaves what the data's owner must mend", async () => {
    await inTemporaryFolder(async (folder) => {
      const file = await writeText(folder, "bad.parquet", "no parquet");
      const plan = makePlan({ recipe: plannedRecipe(), sources: [source([file])] });
      await writeFile(join(folder, "plan.json"), JSON.stringify(plan));
      expect(await program(folder, "scatter")).toBe(2);
      const failure = JSON.parse(await readFile(join(folder, "failure.json"), "utf8"));
      expect(failure).toMatchObject({ code: "InvalidData", message: expect.stringContaining("bad.parquet") });
    });
  });
});
