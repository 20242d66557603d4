import { expect, it } from "vitest";
import { truncationNote } from "./truncation-note.ts";

it.each([
  [0, 0, ""],
  [0.1234, 0.1234, "12.3 % of the training texts are cut at 128 tokens"],
  [0.00001, 0.00001, "under 0.01 % of the training texts are cut at 128 tokens"],
  [0, 0.0042, "between 0.00 % and 0.42 % of the training texts are cut at 128 tokens"],
])("from %d to %d", (atLeast, atMost, note) => {
  expect(truncationNote({ maxLength: 128, atLeast, atMost })).toBe(note);
});
