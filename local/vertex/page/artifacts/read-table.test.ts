import { expect, test } from "vitest";
import { readTable } from "./read-table.ts";

test("CSV with what RFC 4180 allows, and TSV", () => {
  expect(readTable("a.csv", 'x,y\r\n1,"a ""b"", c"\r\n2,"two\nlines"\r\n3,\r\n', false)).toEqual({
    columns: ["x", "y"],
    rows: [
      ["1", 'a "b", c'],
      ["2", "two\nlines"],
      ["3", ""],
    ],
    more: false,
  });
  expect(readTable("a.tsv", "x\ty\n1,5\t2", false)?.rows).toEqual([["1,5", "2"]]);
});

test("lines of JSON have every column that a line has; other lines are no table", () => {
  expect(readTable("rows", '{"a":1}\n{"b":[2]}\n', false)).toEqual({
    columns: ["a", "b"],
    rows: [
      [1, ""],
      ["", [2]],
    ],
    more: false,
  });
  expect(readTable("a.jsonl", "[1]\n[2]\n", false)).toBeNull();
  expect(readTable("a.jsonl", '{"a":1}\n{"a"', false)).toBeNull();
});

test("of a file that is cut, the last line may be a part of one: it is left out", () => {
  expect(readTable("a.jsonl", '{"a":1}\n{"a"', true)).toEqual({ columns: ["a"], rows: [[1]], more: true });
  expect(readTable("a.csv", "x\n1\n2", true)).toEqual({ columns: ["x"], rows: [["1"]], more: true });
  const long = `x\n${Array.from({ length: 500 }, (_, index) => index).join("\n")}\n`;
  expect(readTable("a.csv", long, false)).toMatchObject({ more: true, rows: { length: 100 } });
});
