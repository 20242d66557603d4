import { expect, test } from "vitest";
import { headlineOf } from "./headline.ts";

const exited = "The replica workerpool0-0 exited with a non-zero status of 1.";
const more = " To find out more about why your job exited please check the logs: /tmp/x";

test("of a traceback, what was raised last", () => {
  const trace = (error: string) => `Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\n${error}`;
  expect(headlineOf(`${exited}\n${trace("ValueError: diverged")}\n${more}`)).toBe("ValueError: diverged");
  const chained = `${trace("KeyError: 'x'")}\n\nDuring handling of the above exception:\n\n${trace("RuntimeError: no x\nin it")}`;
  expect(headlineOf(`${exited}\n${chained}\n${more}`)).toBe("RuntimeError: no x");
});

test("of another program, what it said last; of other errors the first line", () => {
  expect(headlineOf(`${exited}\nreading rows\nthe disk is full\n${more}`)).toBe("the disk is full");
  expect(headlineOf(exited)).toBe(exited);
  expect(headlineOf("The DAG failed.\nBecause.")).toBe("The DAG failed.");
});
