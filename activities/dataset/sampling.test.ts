import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balanceQuotas, mixQuotas, shareOut } from "./sampling.ts";
import { failureOf, plannedRecipe, prepare, type Row, source, writeRows } from "./testing.ts";

const rows = (count: number, name: string, label: (index: number) => string): Row[] =>
  Array.from({ length: count }, (_, index) => ({ text: `${name} ${index}`, label: label(index) }));
const evenOdd = (index: number): string => (index % 2 === 0 ? "even" : "odd");

describe("quotas", () => {
  const counts = fc.dictionary(fc.string(), fc.integer({ min: 1, max: 1000 }), { minKeys: 1 });

  test("shared out add up to the number asked for, near each stratum's share", () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 5000 }), (found, most) => {
        const quotas = shareOut(new Map(Object.entries(found)), most);
        const total = Object.values(found).reduce((sum, one) => sum + one, 0);
        expect([...quotas.values()].reduce((sum, one) => sum + one, 0)).toBe(Math.min(most, total));
        for (const [stratum, quota] of quotas) {
          const share = ((found[stratum] ?? 0) * Math.min(most, total)) / total;
          expect(Math.abs(quota - share)).toBeLessThan(1);
        }
      }),
    );
  });

  test("of a balance and of a mix never ask for rows that are not there", () => {
    fc.assert(
      fc.property(counts, fc.double({ min: 1, max: 5, noNaN: true }), (found, ratio) => {
        const map = new Map(Object.entries(found));
        for (const quotas of [balanceQuotas(map, ratio), mixQuotas(map, {})])
          for (const [stratum, quota] of quotas) expect(quota).toBeLessThanOrEqual(found[stratum] ?? 0);
      }),
    );
  });
});

test("a mix has its sources' shares, whatever their order, and the same rows each time", async () => {
  const mixed = (turned: boolean) =>
    prepare(
      async (folder) => {
        const sources = [
          source([await writeRows(folder, "a.jsonl", rows(400, "a", evenOdd))], { name: "a", weight: 3 }),
          source([await writeRows(folder, "b.jsonl", rows(100, "b", evenOdd))], { name: "b", weight: 2 }),
        ];
        return { recipe: plannedRecipe(), sources: turned ? sources.reverse() : sources };
      },
      { buckets: turned ? 4 : 4 },
    );
  const one = await mixed(false);
  const two = await mixed(true);
  expect(two.files).toEqual(one.files);
  const total = (name: string) => Object.values(one.manifest.sourceRows?.[name] ?? {}).reduce((sum, n) => sum + n, 0);
  expect([total("a"), total("b")]).toEqual([150, 100]);
  expect(one.manifest.sampledOut).toBe(250);
});

test("balances classes, and takes so many rows in the strata's shares, in training only", async () => {
  const build = (sampling: unknown) =>
    prepare(
      async (folder) => ({
        recipe: plannedRecipe({ sampling }),
        sources: [
          source([
            await writeRows(
              folder,
              "a.jsonl",
              rows(800, "t", (index) => (index % 8 === 0 ? "rare" : "often")),
            ),
          ]),
        ],
      }),
      { buckets: 4 },
    );
  const all = await prepare(async (folder) => ({
    recipe: plannedRecipe(),
    sources: [
      source([
        await writeRows(
          folder,
          "a.jsonl",
          rows(800, "t", (index) => (index % 8 === 0 ? "rare" : "often")),
        ),
      ]),
    ],
  }));
  const balanced = await build({ balance: "label", ratio: 2 });
  const rare = all.manifest.splits.train.labelCounts["rare"] ?? 0;
  expect(balanced.manifest.splits.train.labelCounts).toEqual({ often: 2 * rare, rare });
  expect(balanced.manifest.splits.test).toEqual({
    ...all.manifest.splits.test,
    shards: balanced.manifest.splits.test.shards,
  });
  const few = await build({ rows: 80 });
  expect(few.manifest.splits.train.rows).toBe(80);
  const share = rare / all.manifest.splits.train.rows;
  expect(Math.abs((few.manifest.splits.train.labelCounts["rare"] ?? 0) - 80 * share)).toBeLessThan(1);
});

describe("the recipe's SQL", () => {
  const shaped = (sql: string, isRowWise = true) =>
    prepare(async (folder) => ({
      recipe: plannedRecipe(),
      sources: [
        source(
          [
            await writeRows(folder, "a.jsonl", rows(100, "t", evenOdd)),
            await writeRows(folder, "b.jsonl", rows(100, "u", evenOdd)),
          ],
          {
            sql,
            isRowWise,
          },
        ),
      ],
    }));

  test("shapes rows", async () => {
    const { manifest, placed } = await shaped(
      "SELECT 'about ' || text AS text, upper(label) AS label FROM source WHERE label <> 'x';",
    );
    expect(manifest.labels).toEqual(["EVEN", "ODD"]);
    expect(placed.has("about u 3")).toBe(true);
  });

  test("may look at all rows of a source", async () => {
    const sql = "SELECT text, label FROM source QUALIFY row_number() OVER (PARTITION BY label ORDER BY text) <= 30";
    const { rows: found } = await shaped(sql, false);
    expect(found).toHaveLength(60);
  });

  test.each([
    ["a file", "SELECT * FROM '/etc/passwd'"],
    ["a file by a function", "SELECT content AS text, 'x' AS label FROM source, read_text('/etc/passwd')"],
    ["the catalogue", "SELECT * FROM information_schema.tables, source"],
    ["chance", "SELECT text, CAST(random() AS VARCHAR) AS label FROM source"],
    ["the clock", "SELECT text, CAST(now() AS VARCHAR) AS label FROM source"],
    ["the environment", "SELECT text, getenv('HOME') AS label FROM source"],
    ["two statements", "SELECT * FROM source; SELECT * FROM source"],
    ["another statement", "COPY source TO '/tmp/stolen.csv'"],
    ["no source", "SELECT 'a' AS text, 'b' AS label"],
    ["what is no SQL", "SELEC text"],
  ])("may not use %s", async (_, sql) => {
    const error = await failureOf(shaped(sql));
    expect(error.code).toBe("InvalidData");
    expect(error.problems.map(({ path }) => path)).toContain("data.sql");
  });
});

test("columns of another type than the champion's data had are named", async () => {
  const error = await failureOf(
    prepare(async (folder) => ({
      recipe: plannedRecipe(),
      sources: [source([await writeRows(folder, "a.jsonl", rows(100, "t", evenOdd))])],
      held: [
        { name: "label", type: "BIGINT" },
        { name: "txet", type: "VARCHAR" },
      ],
    })),
  );
  expect(error.problems.map(({ path }) => path)).toEqual(["schema: column label", "schema: column txet"]);
  expect(error.message).toContain("was BIGINT in the champion's data and is VARCHAR now");
  expect(error.message).toContain("did you mean text?");
});
