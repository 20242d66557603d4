import { expect, test } from "vitest";
import { bytesText, parseBytes } from "./bytes.ts";

test.each([
  ["0", 0],
  ["1234", 1234],
  ["500M", 500e6],
  ["1.5 GiB", 1.5 * 2 ** 30],
  ["2gb", 2e9],
  ["3Ki", 3072],
])("reads %s", (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.each(["", "many", "-1", "1 PB", "1e9"])("refuses %j", (text) => {
  expect(() => parseBytes(text)).toThrow(expect.objectContaining({ code: "INVALID_SIZE" }));
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [5 * 2 ** 20, "5.0 MiB"],
  [300 * 2 ** 30, "300 GiB"],
])("writes %d", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
