import { describe, expect, test } from "vitest";
import { flawOf, instanceOf } from "./request-form.ts";

const labels = new Set(["a", "b"]);

describe("the trainer's", () => {
  test.each([
    [{ label: "a", score: 0.7 }, false],
    [{ label: "c", score: 0.7 }, true],
    [{ label: "a", score: 1.2 }, true],
    [{ label: "a", score: Number.NaN }, true],
    [{ score: 0.7 }, true],
    ["a", true],
    [undefined, true],
  ])("flawOf(%j) finds one: %s", (prediction, flawed) => {
    expect(flawOf("trainer", prediction, labels) !== null).toBe(flawed);
  });
});

describe("TEI's", () => {
  test("is asked for a text, however long", () => {
    expect(instanceOf("tei", "one")).toEqual({ inputs: "one", truncate: true });
  });

  test.each([
    [
      [
        { label: "a", score: 0.7 },
        { label: "b", score: 0.3 },
      ],
      false,
    ],
    [
      [
        { label: "a", score: 0.7 },
        { label: "LABEL_1", score: 0.3 },
      ],
      true,
    ],
    [{ label: "a", score: 0.7 }, true],
    [[], true],
    [[[0.1, 0.2]], true],
  ])("flawOf(%j) finds one: %s", (prediction, flawed) => {
    expect(flawOf("tei", prediction, labels) !== null).toBe(flawed);
  });
});

describe("vLLM's", () => {
  test("is asked for a few tokens, the likeliest", () => {
    expect(instanceOf("vllm", "one")).toMatchObject({ prompt: "one", temperature: 0 });
  });

  test.each([
    ["Prompt:\none\nOutput:\n two", false],
    ["", true],
    [{ text: "two" }, true],
    [undefined, true],
  ])("flawOf(%j) finds one: %s", (prediction, flawed) => {
    expect(flawOf("vllm", prediction, null) !== null).toBe(flawed);
  });
});
