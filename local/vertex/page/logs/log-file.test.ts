import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { partSize, readBefore, readFrom } from "./log-file.ts";

const folder = mkdtempSync(join(tmpdir(), "log-"));
afterAll(() => rmSync(folder, { recursive: true }));

function log(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

test("a long log is read in parts that begin and end on lines, forwards and backwards, and nothing is lost", async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} – ${"é".repeat(index % 7)}\n`);
  const file = log("long.log", lines.join(""));
  const forwards: string[] = [];
  for (let part = await readFrom(file, 0); part.to > part.from; part = await readFrom(file, part.to)) {
    expect(part.to - part.from).toBeLessThanOrEqual(partSize);
    expect(part.text.endsWith("\n")).toBe(true);
    forwards.push(part.text);
  }
  expect(forwards.join("")).toBe(lines.join(""));
  expect(forwards.length).toBeGreaterThan(5);

  const backwards: string[] = [];
  for (let part = await readBefore(file); part.to > 0; part = await readBefore(file, part.from)) {
    expect(part.text.startsWith("line ")).toBe(true);
    backwards.unshift(part.text);
  }
  expect(backwards.join("")).toBe(lines.join(""));
});

test("a line longer than a part comes in parts", async () => {
  const file = log("one-line.log", "x".repeat(3 * partSize));
  const first = await readFrom(file, 0);
  expect(first.text.length).toBe(partSize);
  expect((await readBefore(file)).text.length).toBe(partSize);
});

test("what is written while one reads comes with the next part, characters whole", async () => {
  const euro = Buffer.from("€");
  const file = log("growing.log", Buffer.concat([Buffer.from("price 5 "), euro.subarray(0, 2)]));
  const first = await readBefore(file);
  expect(first.text).toBe("price 5 ");
  appendFileSync(file, Buffer.concat([euro.subarray(2), Buffer.from("\n")]));
  expect(await readFrom(file, first.to)).toMatchObject({ text: "€\n", to: 12, size: 12 });
});

test("colours go; of a progress bar the last state stays; there may be no file yet", async () => {
  const file = log("bar.log", "\u001b[32mok\u001b[0m\r\n 1%\r50%\r100%\ndone\r\n");
  expect((await readFrom(file, 0)).text).toBe("ok\n100%\ndone\n");
  expect(await readBefore(join(folder, "none.log"))).toEqual({ text: "", from: 0, to: 0, size: 0 });
});
