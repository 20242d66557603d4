import { expect, test } from "vitest";
import type { Card, Cluster, Diagram } from "./diagram.ts";
import { fold } from "./fold.ts";

const card = (id: string): Card => ({ kind: "card", id, runs: "container", title: id, lines: [], badges: [] });
const cluster = (id: string, ...nodes: Cluster["nodes"]): Cluster => ({
  kind: "cluster",
  id,
  role: "pipeline",
  keyword: "pipeline",
  label: id,
  nodes,
});
const edge = (from: string, to: string) => ({ from, to, kind: "artifact" as const, name: "data", type: "Dataset" });

const diagram: Diagram = {
  title: "t",
  description: null,
  inputs: [],
  nodes: [card("a"), cluster("p", card("p/b"), cluster("p/q", card("p/q/c"))), card("d")],
  edges: [edge("a", "p/b"), edge("p/b", "p/q/c"), edge("a", "p/q/c"), edge("p/q/c", "d")],
};

test("a closed group has the edges of all in it, each once, and none to itself", () => {
  const folded = fold(diagram, new Set(["p", "p/q"]));
  expect(folded.nodes).toEqual([
    card("a"),
    { kind: "card", id: "p", runs: "group", title: "p", lines: ["pipeline · 2 tasks"], badges: [] },
    card("d"),
  ]);
  expect(folded.edges.map(({ from, to }) => [from, to])).toEqual([
    ["a", "p"],
    ["p", "d"],
  ]);
});

test("one inside stays in its place; what is none changes nothing", () => {
  const folded = fold(diagram, new Set(["p/q", "a", "lost"]));
  expect(folded.nodes.map(({ id }) => id)).toEqual(["a", "p", "d"]);
  expect(folded.edges.map(({ from, to }) => [from, to])).toEqual([
    ["a", "p/b"],
    ["p/b", "p/q"],
    ["a", "p/q"],
    ["p/q", "d"],
  ]);
  expect(fold(diagram, new Set())).toBe(diagram);
});
