import { expect, test } from "vitest";
import { plannedRecipe, prepare, source, writeRows } from "./testing.ts";

const memory = 252 * 1024 ** 2;

test("a text of 20 MB is prepared like any other, within the memory", async () => {
  const rows = Array.from({ length: 200 }, (_, index) => ({
    text: `text ${index}`,
    label: index % 2 === 0 ? "a" : "b",
  }));
  const long = { text: "a long story ".repeat(1_600_000), label: "a" };
  const { rows: found, manifest } = await prepare(
    async (folder) => ({
      recipe: plannedRecipe(),
      sources: [source([await writeRows(folder, "rows.jsonl", [...rows, long])])],
    }),
    { passes: [], memory },
  );
  expect(manifest.rejected).toEqual([]);
  expect(found).toHaveLength(201);
  expect(found.some(({ text }) => text === long.text)).toBe(true);
}, 120_000);
