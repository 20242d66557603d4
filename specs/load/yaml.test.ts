import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { JsonValue } from "../nodes/index.ts";
import { LoadError, readYaml } from "./index.ts";
import { writeYaml } from "./write-yaml.ts";

describe("reading", () => {
  test("quoted text may go on at its parent's indentation, as PyYAML writes it", () => {
    const text = [
      "args:",
      "  - 'it''s",
      "  one text, # and no comment'",
      '  - "two\\',
      "  \\ words: here",
      "",
      '  "',
      "script: |",
      "  echo 'not",
      "  quoted",
      "plain: don't mind 'this",
      "key: &a {b: 'in",
      "flow'}",
      "",
    ].join("\n");
    expect(readYaml(text)).toEqual([
      {
        args: ["it's one text, # and no comment", "two words: here\n"],
        script: "echo 'not\nquoted\n",
        plain: "don't mind 'this",
        key: { b: "in flow" },
      },
    ]);
  });

  test("several documents, and JSON", () => {
    expect(readYaml("a: 1\n---\nb: 2\n")).toEqual([{ a: 1 }, { b: 2 }]);
    expect(readYaml('{"a": [1, null]}')).toEqual([{ a: [1, null] }]);
  });

  test("what is no YAML is refused with every mistake and its line", () => {
    const error = failure(() => readYaml("a: 'b\nc: [1\nd: {", "file.yaml"));
    expect(error.code).toBe("not-yaml");
    expect(error.problems.length).toBeGreaterThan(0);
    expect(error.message).toMatch(/^file\.yaml: .*\n.*line \d/s);
  });
});

/** Texts in which everything that YAML treats in its own way is likely. */
const fragments = [
  "a", "B", "é", "😀", "0", "1", ".", "_", "e", "+", "-", "~", " ", "  ", "\n", "\n\n", "\t", "\r", ":", ": ", " #", "#",
  "'", '"', "\\", "{", "}", "[", "]", ",", "*", "&", "!", "|", ">", "%", "@", "`", "?", "? ", "---", "...", "=", "<<",
  "yes", "No", "on", "null", "true", "2020-01-01", "0x1f", "1_000", "1:30", "\u0000", "\u007f", "\u0085", "\u2028",
  "\ufeff", "\ud800",
]; // biome-ignore format: one glance
const text = fc.array(fc.constantFrom(...fragments), { maxLength: 7 }).map((parts) => parts.join(""));
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(text, tie("json"), { maxKeys: 4 }),
  ),
}));

describe("writing", () => {
  test("everything comes back equal, from parsers of YAML 1.1 too", () => {
    fc.assert(
      fc.property(json, (value) => {
        const written = writeYaml(value);
        expect(readYaml(written)).toEqual([value]);
        expect(parse(written, { version: "1.1", logLevel: "error" })).toEqual(value);
      }),
      { numRuns: 3000, examples: [[["e0", "-E1", "e+12"]]] },
    );
  });

  test("keys are sorted, lists stand under their key, and texts of several lines are as they were written", () => {
    expect(
      writeYaml({ b: [{ z: "2.1.0", x: "--flag" }, [], ["no"]], a: "{{$}}", script: "\nset -e\n  echo it's: fine\n" }),
    ).toBe(`a: '{{$}}'
b:
- x: --flag
  z: 2.1.0
- []
- - 'no'
script: |

  set -e
    echo it's: fine
`);
  });

  test("a key that is too long for others is announced", () => {
    const value = { ["k".repeat(2000)]: { a: 1 }, [`${"k".repeat(2000)}'`]: ["b"] };
    expect(readYaml(writeYaml(value))).toEqual([value]);
  });
});

function failure(action: () => unknown): LoadError {
  try {
    action();
  } catch (error) {
    if (error instanceof LoadError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}
