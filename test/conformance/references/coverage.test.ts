import { expect, test } from "vitest";
import { authors } from "./authors.ts";
import { manifest, versionsOf } from "./reference.ts";

/** References that cannot be written in this language, with the reason. */
const exceptions: Readonly<Record<string, string>> = {};

const entries = manifest() ?? [];
const authored = (name: string) => name in authors;

test.skipIf(entries.length === 0)("every reference is written again, but for the stated exceptions", () => {
  const missing = entries.map(({ name }) => name).filter((name) => !authored(name));
  for (const name of missing) console.info(`${name}: ${exceptions[name] ?? "is not written yet"}`);
  expect(missing).toEqual(Object.keys(exceptions));
});

test.skipIf(entries.length === 0)("what is written is a reference, and is compared with a file", () => {
  const known = new Set(entries.map(({ name }) => name));
  expect(Object.keys(authors).filter((name) => !known.has(name) || versionsOf(name).length === 0)).toEqual([]);
});

test.skipIf(entries.length === 0)("no exception leaves a feature without two references, or all there are", () => {
  const features = [...new Set(entries.flatMap((entry) => entry.features))];
  const short = features.filter((feature) => {
    const having = entries.filter((entry) => entry.features.includes(feature));
    return having.filter(({ name }) => authored(name)).length < Math.min(2, having.length);
  });
  expect(features.length).toBeGreaterThan(0);
  expect(short).toEqual([]);
});
