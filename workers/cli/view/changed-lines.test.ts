import fc from "fast-check";
import { expect, test } from "vitest";
import { changedLines } from "./changed-lines.ts";

const told = (before: string, after: string, around?: number) =>
  changedLines(before, after, around).map(({ mark, text }) => `${mark}${text}`);

test("only what has changed, and the lines beside it", () => {
  expect(told("a\nb\nc\nd\ne\nf", "a\nb\nc\nD\ne\nf")).toEqual(["…", " c", "-d", "+D", " e", "…"]);
  expect(told("a\nb", "a\nx\nb", 0)).toEqual(["…", "+x", "…"]);
  expect(told("same", "same")).toEqual(["…"]);
});

test("both texts can be read from all lines", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (ones, others) => {
      const [before, after] = [ones.join("\n"), others.join("\n")];
      const all = changedLines(before, after, 99);
      const without = (mark: string) =>
        all
          .filter((line) => line.mark !== mark && line.mark !== "…")
          .map(({ text }) => text)
          .join("\n");
      if (before === after) return;
      expect(without("+")).toBe(before);
      expect(without("-")).toBe(after);
    }),
  );
});
