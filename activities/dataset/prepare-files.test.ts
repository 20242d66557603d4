import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../trainer/contract/generated/contract.ts";
import { validateManifest } from "../../trainer/contract/generated/validate.js";
import { UserError } from "../errors.ts";
import { inTemporaryFolder } from "../temporary.ts";
import { Database, literal } from "./database.ts";
import { splitNames } from "./partition.ts";
import { prepareFiles } from "./prepare-files.ts";

interface Row {
  readonly text: string | null;
  readonly label: string | null;
  readonly [slice: string]: string | null;
}

interface Prepared {
  readonly manifest: Manifest;
  /** Text → split. */
  readonly placed: Map<string, string>;
  readonly bytes: Buffer[];
}

async function prepare(
  train: readonly Row[],
  options: { test?: readonly Row[]; slices?: string[]; splits?: { validation: number; test: number } } = {},
): Promise<Prepared> {
  return inTemporaryFolder(async (folder) => {
    const write = async (name: string, rows: readonly Row[]) => {
      const path = join(folder, `${name}.jsonl`);
      await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      return { path, uri: `hf://datasets/owner/data/${name}.jsonl`, revision: "abc" };
    };
    const scratch = join(folder, "scratch");
    await mkdir(scratch);
    const output = join(folder, "out");
    const manifest = await prepareFiles({
      train: await write("train", train),
      test: options.test ? await write("test", options.test) : null,
      columns: { text: "text", label: "label", slices: options.slices ?? [] },
      splits: options.splits ?? { validation: 0.25, test: 0.25 },
      output,
      scratch,
    });
    const placed = new Map<string, string>();
    const bytes: Buffer[] = [];
    const reading = join(folder, "reading");
    await mkdir(reading);
    using database = await Database.open(reading);
    for (const split of splitNames) {
      for (const shard of manifest.splits[split].shards) {
        const path = join(output, shard.path);
        bytes.push(await readFile(path));
        for (const row of await database.rows(`SELECT * FROM read_parquet(${literal(path)})`))
          placed.set(String(row["text"]), split);
      }
    }
    return { manifest, placed, bytes };
  });
}

const rows = (count: number, from = 0): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    text: `text number ${from + index}`,
    label: index % 2 === 0 ? "even" : "odd",
  }));

describe("prepareFiles", () => {
  test("writes a manifest that keeps the contract, with every row in one split", async () => {
    const { manifest, placed } = await prepare(rows(200), { slices: [] });
    expect(validateManifest(manifest)).toBe(true);
    expect(manifest.labels).toEqual(["even", "odd"]);
    expect(placed.size).toBe(200);
    const { train, validation, test: testSplit } = manifest.splits;
    expect(train.rows + validation.rows + testSplit.rows).toBe(200);
    expect(train.labelCounts["even"]).toBeGreaterThan(0);
  });

  test("gives the same bytes whatever the order of the input", async () => {
    const input = rows(120);
    const one = await prepare(input);
    const two = await prepare([...input].reverse());
    expect(two.bytes.map((bytes) => bytes.toString("base64"))).toEqual(
      one.bytes.map((bytes) => bytes.toString("base64")),
    );
    expect(two.manifest.splits).toEqual(one.manifest.splits);
  });

  test("never moves a row as the data grows", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 5, maxLength: 30 }), async (added) => {
        const before = await prepare(rows(60));
        const grown = added.map((text, index) => ({ text: `added ${text}`, label: index % 2 === 0 ? "even" : "odd" }));
        const after = await prepare([...grown, ...rows(60)]);
        for (const [text, split] of before.placed) expect(after.placed.get(text)).toBe(split);
      }),
      { numRuns: 8 },
    );
  });

  test("counts what it keeps aside, with the reason", async () => {
    const test = [
      { text: "In   the test", label: "even" },
      { text: "of no known class", label: "never seen" },
    ];
    const train: Row[] = [
      ...rows(60),
      { text: "  ", label: "even" },
      { text: null, label: "odd" },
      { text: "no label", label: null },
      { text: "TEXT number 3", label: "odd" },
      { text: "contradiction", label: "even" },
      { text: "Contradiction", label: "odd" },
      { text: "in the TEST", label: "odd" },
    ];
    const { manifest, placed } = await prepare(train, { test });
    expect(Object.fromEntries(manifest.rejected.map(({ reason, rows }) => [reason, rows]))).toEqual({
      "empty text": 2,
      "empty label": 1,
      "the same text has several labels": 2,
      "its label is in no training row": 1,
    });
    expect(manifest.duplicates).toEqual({ withinSplits: 1, acrossSplits: 1 });
    expect(placed.get("In   the test")).toBe("test");
    expect(manifest.splits.test.rows).toBe(1);
  });

  test("keeps slice columns as text", async () => {
    const { manifest } = await prepare(
      rows(40).map((row, index) => ({ ...row, status: index % 3 === 0 ? null : "new" })),
      { slices: ["status"] },
    );
    expect(manifest.slices).toEqual(["status"]);
  });

  test("names each missing column and the nearest one", async () => {
    const error = await failure(prepare(rows(10), { slices: ["lable", "satus"] }));
    expect(error.code).toBe("InvalidData");
    expect(error.problems.map(({ path }) => path)).toEqual(["columns.slices[0]", "columns.slices[1]"]);
    expect(error.problems[0]?.message).toContain("did you mean label?");
  });

  test("refuses one class only, and an empty split", async () => {
    const error = await failure(prepare([{ text: "a", label: "x" }], { splits: { validation: 0, test: 0.5 } }));
    expect(error.code).toBe("InvalidData");
    expect(error.problems.map(({ path }) => path)).toContain("columns.label");
  });

  test("says which file it cannot read", async () => {
    const error = await failure(
      inTemporaryFolder(async (folder) => {
        const path = join(folder, "train.parquet");
        await writeFile(path, "not parquet");
        const columns = { text: "text", label: "label", slices: [] };
        const train = { path, uri: "gs://bucket/train.parquet", revision: "r" };
        return prepareFiles({
          train,
          test: null,
          columns,
          splits: { validation: 0.1, test: 0.1 },
          output: folder,
          scratch: folder,
        });
      }),
    );
    expect(error.code).toBe("InvalidData");
    expect(error.message).toContain("gs://bucket/train.parquet");
  });
});

async function failure(work: Promise<unknown>): Promise<UserError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UserError) return error;
  throw new Error("expected a UserError", { cause: error });
}
