import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compile, container, int, parallelFor, pipeline, SpecError, string, when } from "./index.ts";

const work = container("work", {
  image: "i",
  inputs: { text: string(), times: int({ default: 1 }) },
  outputs: { out: string() },
});

/** An error names the line where the author wrote the mistake, which each of these marks. */
test.each<[string, () => unknown]>([
  [
    "out of a loop",
    () =>
      pipeline("p", {}, () => {
        let inner = work({ text: "a" });
        parallelFor([1, 2], () => {
          inner = work({ text: "b" });
        });
        work({ text: inner.out }); // here
      }),
  ],
  [
    "a circle",
    () =>
      compile(
        pipeline("p", {}, () => {
          const first = work({ text: "a" }); // here
          first.after(work({ text: first.out }));
        }),
      ),
  ],
  [
    "after a task of a branch",
    () =>
      compile(
        pipeline("p", { inputs: { on: int() } }, ({ on }) => {
          let inner = work({ text: "a" });
          when(on.equals(1), () => {
            inner = work({ text: "b" });
          });
          work({ text: "c" }) // here
            .after(inner);
        }),
      ),
  ],
  [
    "an input that nothing takes",
    () => pipeline("p", { inputs: { lost: int() } }, () => void work({ text: "a" })), // here
  ],
  ["a wrong quantity", () => pipeline("p", {}, () => void work({ text: "a" }).cpu("many"))], // here
  ["a wrong number", () => pipeline("p", {}, () => void work({ text: "a", times: 1.5 }))], // here
  ["a task outside any pipeline", () => work({ text: "a" })], // here
  ["a name that Vertex refuses", () => compile(pipeline("Not This", {}, () => void work({ text: "a" })))], // here
])("%s", (_, author) => {
  const { place } = caught(author);
  const file = fileURLToPath(import.meta.url);
  expect(place.file).toBe(file);
  const line = readFileSync(file, "utf8").split("\n")[(place.line ?? 0) - 1];
  expect(line).toContain("// here");
});

function caught(author: () => unknown): SpecError {
  try {
    author();
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
  throw new Error("Nothing was wrong.");
}
