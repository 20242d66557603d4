import { expect, test } from "vitest";
import { NativeCrc32c } from "./crc32c.ts";

test("gives the checksum of Cloud Storage, over several pieces too", () => {
  const whole = new NativeCrc32c();
  whole.update(Buffer.from("some text\n"));
  const pieces = new NativeCrc32c();
  pieces.update(Buffer.from("some "));
  pieces.update(Buffer.from("text\n"));
  expect(whole.toString()).toBe("DkjKuA==");
  expect(pieces.validate("DkjKuA==")).toBe(true);
  expect(pieces.validate("rth90Q==")).toBe(false);
});
