import { expect, test } from "vitest";
import { parseFilter } from "./filter.ts";

interface Item {
  readonly name: string;
  readonly time?: number;
  readonly labels?: Record<string, string>;
}
const items: readonly Item[] = [
  { name: "alpha", time: Date.UTC(2026, 0, 1), labels: { env: "prod", "a key": "x" } },
  { name: "beta", time: Date.UTC(2026, 5, 1), labels: { env: "test" } },
  { name: 'quo"ted' },
];
const find = (filter: string) =>
  items
    .filter(
      parseFilter<Item>(filter, {
        fields: {
          display_name: { kind: "text", of: ({ name }) => name },
          create_time: { kind: "time", of: ({ time }) => time },
        },
        labels: ({ labels = {} }) => labels,
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
])("%s is refused", (filter) => {
  expect(() => find(filter)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
