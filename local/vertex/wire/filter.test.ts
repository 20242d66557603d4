import { expect, test } from "vitest";
import { parseFilter } from "./filter.ts";
import type { JsonObject } from "./json.ts";

interface Item {
  readonly name: string;
  readonly time?: number;
  readonly labels?: Record<string, string>;
  readonly metadata?: JsonObject;
  readonly parents?: readonly string[];
}
const items: readonly Item[] = [
  { name: "alpha", time: Date.UTC(2026, 0, 1), labels: { env: "prod", "a key": "x" } },
  {
    name: "beta",
    time: Date.UTC(2026, 5, 1),
    labels: { env: "test" },
    parents: ["a/b"],
    metadata: { "input:n": 2, ok: true },
  },
  { name: 'quo"ted' },
];
const find = (filter: string) =>
  items
    .filter(
      parseFilter<Item>(filter, {
        fields: {
          display_name: { kind: "text", of: ({ name }) => name },
          parent_contexts: { kind: "list", of: ({ parents = [] }) => parents },
          create_time: { kind: "time", of: ({ time }) => time },
        },
        labels: ({ labels = {} }) => labels,
        metadata: ({ metadata = {} }) => metadata,
        functions: { has_letter: (letter) => (item) => item.name.includes(letter) },
      }),
    )
    .map(({ name }) => name);

test.each([
  ["", ["alpha", "beta", 'quo"ted']],
  ["display_name=alpha", ["alpha"]],
  ['displayName != "alpha"', ["beta", 'quo"ted']],
  ['display_name:"*et*"', ["beta"]],
  ['display_name="quo\\"ted"', ['quo"ted']],
  ['create_time>"2026-01-01T00:00:00Z"', ["beta"]],
  ['create_time<="2026-06-01T00:00:00+00:00"', ["alpha", "beta"]],
  ["labels.env=prod", ["alpha"]],
  ["labels.env:*", ["alpha", "beta"]],
  ["labels:env", ["alpha", "beta"]],
  ['labels."a key"=x', ["alpha"]],
  ["NOT labels.env=prod AND NOT display_name=beta", ['quo"ted']],
  // OR binds tighter than AND (AIP-160).
  ["labels.env=test AND display_name=beta OR display_name=alpha", ["beta"]],
  ["(labels.env=test AND display_name=beta) OR display_name=alpha", ["alpha", "beta"]],
  ['metadata."input:n".number_value>1', ["beta"]],
  ["metadata.ok.bool_value=true", ["beta"]],
  ["metadata.ok.bool_value!=true", []],
  ['parent_contexts:"a/b"', ["beta"]],
  ['has_letter("q") OR (has_letter("t") AND create_time>"2026-01-02T00:00:00Z")', ["beta", 'quo"ted']],
])("%s", (filter, names) => {
  expect(find(filter)).toEqual(names);
});

test.each([
  "colour=red",
  "display_name",
  "display_name<a",
  "(display_name=a",
  'create_time>"soon"',
  "labels.env>a",
  "display_name=a)",
  'display_name="a',
  'no_function("a")',
  "metadata.a.number_value=x",
])("%s is refused", (filter) => {
  expect(() => find(filter)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
