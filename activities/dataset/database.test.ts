import { ARRAY, arrayValue, DOUBLE, INTEGER, VARCHAR } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { inTemporaryFolder } from "../temporary.ts";
import { Database } from "./database.ts";

describe("a database", () => {
  test("streams every row, whatever else is done meanwhile", async () => {
    await inTemporaryFolder(async (folder) => {
      using database = await Database.open(folder);
      await database.run("CREATE TABLE numbers AS SELECT range::INTEGER AS number FROM range(10000)");
      await database.run("CREATE TABLE seen (number INTEGER)");
      for await (const rows of database.stream("SELECT number FROM numbers ORDER BY number")) {
        const values = rows.map(({ number }) => [Number(number)]);
        await database.append("seen", [INTEGER], values);
        await database.count("SELECT count(*) FROM seen");
      }
      expect(await database.rows("SELECT count(*)::INTEGER AS rows, sum(number)::INTEGER AS sum FROM seen")).toEqual([
        { rows: 10_000, sum: 49_995_000 },
      ]);
    });
  });

  test("calls functions of ours for every row that has no NULL, and fails as they do", async () => {
    await inTemporaryFolder(async (folder) => {
      using database = await Database.open(folder);
      database.define("measure", ARRAY(DOUBLE, 2), (left, right) => {
        if (left === "bad") throw new Error("a bad text");
        return left === "none" ? null : arrayValue([left.length, right.length]);
      });
      await database.run("CREATE TABLE texts (a VARCHAR, b VARCHAR)");
      const rows = Array.from({ length: 5000 }, (_, index) => ["x".repeat(index % 300), "é"]);
      await database.append("texts", [VARCHAR, VARCHAR], [...rows, ["none", "b"], [null, "b"]]);
      const [answer] = await database.rows(`
        SELECT count(m)::INTEGER AS rows, sum(m[1])::INTEGER AS sum, sum(m[2])::INTEGER AS others
        FROM (SELECT measure(a, b) AS m FROM texts)`);
      expect(answer).toEqual({
        rows: 5000,
        sum: rows.reduce((sum, [text = ""]) => sum + text.length, 0),
        others: 5000,
      });
      await expect(database.rows("SELECT measure('bad', 'b')")).rejects.toThrow("a bad text");
    });
  });
});
