import { expect, test } from "vitest";
import { pointerLines } from "./pointer-lines.ts";

const yaml = `# a comment
root:
  dag:
    tasks:
      "a/b~c":
        inputs: {}
      list:
      - one
      - two: 2
---
platforms:
  kubernetes: {}
`;

test.each([
  ["/root", 2],
  ["/root/dag/tasks/a~1b~0c", 5],
  ["/root/dag/tasks/a~1b~0c/inputs", 6],
  ["/root/dag/tasks/list/1", 9],
  ["/root/dag/tasks/list/1/two", 9],
  // What is missing is where it should be.
  ["/root/dag/tasks/list/7", 7],
  ["/root/dag/tasks/gone/deep", 4],
  ["/", 2],
])("%s is in line %i", (pointer, line) => {
  expect(pointerLines(yaml)(0, pointer)).toBe(line);
});

test("every document of a file counts its lines from the file's beginning", () => {
  expect(pointerLines(yaml)(1, "/platforms/kubernetes")).toBe(12);
  expect(pointerLines(yaml)(2, "/platforms")).toBeNull();
});

test("JSON has lines too", () => {
  expect(pointerLines(JSON.stringify({ a: { b: [1, { c: 2 }] } }, null, 2))(0, "/a/b/1/c")).toBe(6);
});
