import { isDeepStrictEqual } from "node:util";
import type { PipelineSpec } from "../../../specs/index.ts";
import { unfolded } from "../unfolded.ts";
import { identifier } from "./python.ts";

/**
 * What the Python SDK has to say of a whole program: the pipelines inside are taken from their own specs, because where
 * they come together it may mix up their executors.
 */
export function expected(name: string, specs: Readonly<Record<string, PipelineSpec>>): object {
  const spec = specs[identifier(name)];
  if (spec === undefined) throw new Error(`There is no spec of ${name}.`);
  return withoutVersion(unfolded(spec, inner));

  function inner(component: string): object | undefined {
    const [, called] = /^comp-(inner-\d+)/.exec(component) ?? [];
    const own = called === undefined ? undefined : specs[identifier(called)];
    return own && unfolded(own, inner).root;
  }
}

/** The same of this language's spec, which is taken as it is. */
export function actual(json: string): object {
  return withoutVersion(unfolded(JSON.parse(json)));
}

function withoutVersion(spec: object): object {
  return JSON.parse(JSON.stringify({ ...spec, sdkVersion: "" }));
}

/** What differs, by its path: this language's, then the Python SDK's. */
export function differences(one: unknown, other: unknown, path = ""): readonly string[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (isObject(one) && isObject(other) && Array.isArray(one) === Array.isArray(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) => differences(one[key], other[key], `${path}/${key}`));
  }
  return [`${path}\n  ours:   ${JSON.stringify(one)}\n  theirs: ${JSON.stringify(other)}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
