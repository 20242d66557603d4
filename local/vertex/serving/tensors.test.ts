import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../wire/json.ts";
import { fromTensor, toTensor } from "./tensors.ts";

test("a value goes into a tensor and comes out as it was", () => {
  // An empty list or object leaves nothing in a tensor, and -0 is an integer.
  const leaf = fc.oneof(fc.boolean(), fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf.filter((one) => !Object.is(one, -0)),
      fc.array(tie("value"), { minLength: 1, maxLength: 3 }),
      fc.dictionary(fc.string({ minLength: 1 }), tie("value"), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, (json) => {
      expect(fromTensor(toTensor(json))).toEqual(json);
    }),
  );
});

test("a shape arranges flat values, and refuses another number of them", () => {
  expect(fromTensor({ shape: ["2", "3"], intVal: [1, 2, 3, 4, 5, 6] })).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(fromTensor({ shape: ["1"], doubleVal: [1.5] })).toEqual([1.5]);
  expect(fromTensor({ bytesVal: [Buffer.from("x")] })).toEqual({ b64: "eA==" });
  expect(() => fromTensor({ shape: ["2", "2"], intVal: [1] })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
});
