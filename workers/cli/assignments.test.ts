import { expect, it } from "vitest";
import { parseAssignments } from "./assignments.ts";

it("sets nested fields, each value in its own type", () => {
  expect(parseAssignments("train.epochs=1,train.learningRate=3e-4,force=true,note=a=b")).toEqual({
    train: { epochs: 1, learningRate: 3e-4 },
    force: true,
    note: "a=b",
  });
});

it("is empty for nothing", () => {
  expect(parseAssignments("")).toEqual({});
});

it.each(["train.epochs", "=1", "train..epochs=1"])("refuses %s", (text) => {
  expect(() => parseAssignments(text)).toThrow(expect.objectContaining({ code: "INVALID_ASSIGNMENT" }));
});
