import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { uninterrupted } from "../../progress.ts";
import type { ByteSource } from "../../storage/transfer.ts";
import { inTemporaryFolder } from "../../temporary.ts";
import { Database, literal } from "../database.ts";
import { makePlan, type PlanInput } from "../make-plan.ts";
import type { PlannedFile } from "../plan.ts";
import { plannedRecipe, prepare, source, writeRows, writeText } from "../testing.ts";
import { copyLines } from "./lines.ts";
import { rowGroupsOf } from "./row-groups.ts";

/** A file as one that lies elsewhere, and how much of it was read. */
function remote(content: Buffer): ByteSource & { bytesRead(): number } {
  let bytesRead = 0;
  return {
    name: "rows.parquet",
    bytes: content.length,
    oid: undefined,
    bytesRead: () => bytesRead,
    async read(start, target, onBytes) {
      const count = content.copy(target, 0, start);
      bytesRead += count;
      onBytes(count);
    },
  };
}

const many = Array.from({ length: 6000 }, (_, index) => ({
  text: `text number ${index % 5900} and\nmore`,
  label: index % 2 === 0 ? "even" : "odd",
  // Whole numbers in the first half alone.
  stars: index < 3000 ? 1 : 1.5,
}));

async function asParquet(
  folder: string,
): Promise<{ file: PlannedFile; groups: Awaited<ReturnType<typeof rowGroupsOf>> }> {
  const rows = await writeRows(folder, "rows.jsonl", many);
  const path = join(folder, "rows.parquet");
  using database = await Database.open(join(folder, "making"));
  await database.run(
    `COPY (FROM read_json(${literal(rows.path)})) TO ${literal(path)} (FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE 2048)`,
  );
  const content = await readFile(path);
  const lying = remote(content);
  const groups = await rowGroupsOf(database, lying, join(folder, "footer"), uninterrupted);
  expect(lying.bytesRead()).toBeLessThan(content.length / 10);
  return { file: { ...rows, path, uri: "hf://rows.parquet", bytes: content.length, format: "parquet" }, groups };
}

describe("a large file", { timeout: 60_000 }, () => {
  const inParts = (build: (folder: string) => Promise<Partial<PlanInput> & { file: PlannedFile }>) => async () => {
    const given = (chunkBytes: number) => async (folder: string) => {
      const { file, ...more } = await build(folder);
      const recipe = plannedRecipe({ columns: { slices: ["stars"] } });
      const input: PlanInput = { recipe, sources: [source([file])], ...more, chunkBytes };
      chunks.push(makePlan(input).chunks.length);
      return input;
    };
    const chunks: number[] = [];
    const whole = await prepare(given(1e9), { passes: [], buckets: 2 });
    const cut = await prepare(given(100_000), { passes: [], buckets: 2, lanes: 2 });
    expect(chunks[0]).toBe(1);
    expect(chunks[1]).toBeGreaterThan(2);
    expect(cut.files).toEqual(whole.files);
    expect(whole.manifest.sources.map(({ rows }) => rows)).toEqual([6000]);
  };

  test(
    "of Parquet is read in row groups, and gives the same bytes; its footer alone tells them",
    inParts(async (folder) => {
      const { file, groups } = await asParquet(folder);
      expect(groups.map(({ rows }) => rows)).toEqual([2048, 2048, 1904]);
      return { file, rowGroups: new Map([[file.path, groups]]) };
    }),
  );

  test(
    "of JSONL is read in lines, with the types of the whole, and gives the same bytes",
    inParts(async (folder) => ({ file: await writeRows(folder, "rows.jsonl", many) })),
  );

  test("of CSV, or a compressed one, stays whole", async () => {
    const sizes = async (name: string) =>
      makePlan({
        recipe: plannedRecipe(),
        sources: [
          source([
            { path: name, uri: name, revision: "1", bytes: 1e9, format: name.startsWith("a") ? "csv" : "jsonl" },
          ]),
        ],
      }).chunks.length;
    expect(await Promise.all(["a.csv", "b.jsonl.gz", "c.jsonl"].map(sizes))).toEqual([1, 1, 8]);
  });

  test("whose footer is none has no row groups", () =>
    inTemporaryFolder(async (folder) => {
      using database = await Database.open(folder);
      for (const text of ["", "PAR1", "x".repeat(100), `${"x".repeat(50)}\x10\0\0\0PAR1`, `x\xff\xff\xff\xffPAR1`]) {
        const content = Buffer.from(text, "latin1");
        expect(await rowGroupsOf(database, remote(content), join(folder, "footer"), uninterrupted)).toEqual([]);
      }
    }));

  test("has every line in one part, wherever it is cut", () =>
    inTemporaryFolder(async (folder) => {
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: fc.constantFrom("a", "é", "\n") }),
          fc.array(fc.nat()),
          async (text, cuts) => {
            const { path, bytes } = await writeText(folder, "lines.txt", text);
            const edges = [0, ...cuts.map((cut) => cut % (bytes + 1)), bytes].sort((left, right) => left - right);
            const target = join(folder, "part");
            await writeFile(target, "");
            let joined = "";
            for (const [index, first] of edges.slice(0, -1).entries()) {
              await copyLines(path, [first, edges[index + 1] ?? bytes], target);
              const part = await readFile(target, "utf8");
              expect(joined === "" || part === "" || joined.endsWith("\n")).toBe(true);
              joined += part;
            }
            expect(joined).toBe(text);
          },
        ),
      );
    }));
});

test("a table of text lines is cut, too", async () => {
  const text = Array.from({ length: 200 }, (_, index) => `line number ${index}`).join("\n");
  const given =
    (chunkBytes: number) =>
    async (folder: string): Promise<PlanInput> => ({
      recipe: plannedRecipe(),
      chunkBytes,
      sources: [
        source([await writeText(folder, "lines.txt", text)], {
          sql: "SELECT text, CASE WHEN text LIKE '%1' THEN 'a' ELSE 'b' END AS label FROM source",
        }),
      ],
    });
  const whole = await prepare(given(1e6), { passes: [] });
  expect((await prepare(given(300), { passes: [] })).files).toEqual(whole.files);
  expect(whole.rows).toHaveLength(200);
});
