import fc from "fast-check";
import { expect, test } from "vitest";
import { labelKey, labelValue, splitModelVersion, toLabels } from "./names.ts";

test("labels keep Google's rule, and two texts never become one", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (left, right) => {
      expect(labelValue(left)).toMatch(/^[a-z0-9_-]{0,63}$/);
      expect(labelKey(left)).toMatch(/^[a-z][a-z0-9_-]{0,62}$/);
      if (left !== right) expect(labelValue(left)).not.toBe(labelValue(right));
    }),
  );
});

test("a text that is a label already stays as it is", () => {
  expect(toLabels({ recipe: "debian-sections" })).toEqual({ recipe: "debian-sections" });
});

test("splitModelVersion refuses what names no version", () => {
  expect(splitModelVersion("projects/p/locations/l/models/m@3")).toEqual({
    model: "projects/p/locations/l/models/m",
    id: "m",
    version: "3",
  });
  expect(() => splitModelVersion("projects/p/locations/l/models/m")).toThrow(TypeError);
});
