import { crc32c } from "@node-rs/crc32";
import fc from "fast-check";
import { expect, test } from "vitest";
import { combineCrc32c, NativeCrc32c } from "./crc32c.ts";

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

test("checksums of parts combine to the checksum of the whole", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 6 }), (parts) => {
      const combined = parts.reduce((sum, part) => combineCrc32c(sum, crc32c(Buffer.from(part)), part.length), 0);
      return combined === crc32c(Buffer.concat(parts));
    }),
  );
});
