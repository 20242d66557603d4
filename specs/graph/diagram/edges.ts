import { type Flow, leavesOf, originOf, type Source, type Step } from "../flow/index.ts";
import type { DiagramEdge } from "./diagram.ts";

export const inputPill = (name: string) => `input ${name}`;
export const outputPill = (name: string) => `output ${name}`;

interface Wire {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  /** Of an artifact. */
  readonly type: string | null;
  readonly kind: "artifact" | "parameter" | "exit";
}

/** Artifacts that the pipeline itself takes, and that something in it takes: they are drawn where they go in. */
export function sourcesIn(flow: Flow): readonly string[] {
  const artifacts = Object.entries(flow.inputs).filter(([, { kind }]) => kind === "artifact");
  const taken = new Set(wiresOf(flow).map(({ from }) => from));
  return artifacts.map(([name]) => name).filter((name) => taken.has(inputPill(name)));
}

export function edgesOf(flow: Flow): readonly DiagramEdge[] {
  const edges = new Map<string, DiagramEdge>();
  const add = (edge: DiagramEdge) => edges.set(JSON.stringify([edge.from, edge.to, edge.name]), edge);
  for (const wire of wiresOf(flow)) add(wire);
  for (const step of flow.byPath.values()) {
    for (const from of step.after) {
      add({ from, to: step.path, kind: step.runsAfterFailure ? "exit" : "order", name: null, type: null });
    }
  }
  return [...edges.values()].filter(({ from, to }) => !isWithin(from, to) && !isWithin(to, from));
}

function wiresOf(flow: Flow): readonly Wire[] {
  const wires: Wire[] = [];
  for (const step of flow.byPath.values()) {
    const sources = [
      ...(step.kind === "task" ? Object.values(step.inputs) : []),
      ...(step.condition?.names.values() ?? []),
      ...(step.kind === "group" && step.loop !== null ? [step.loop.items] : []),
    ];
    for (const source of sources) wires.push(...wiresTo(step.path, source, flow));
  }
  for (const [name, source] of Object.entries(flow.outputs)) wires.push(...wiresTo(outputPill(name), source, flow));
  return wires;
}

function wiresTo(to: string, source: Source, flow: Flow): readonly Wire[] {
  return leavesOf(originOf(flow, source)).flatMap((leaf): readonly Wire[] => {
    switch (leaf.kind) {
      case "output":
        return [
          {
            from: leaf.step,
            to,
            name: leaf.name,
            type: leaf.artifact ? typeOf(flow.byPath.get(leaf.step), leaf.name) : null,
            kind: leaf.artifact ? "artifact" : "parameter",
          },
        ];
      case "item":
        return itemWires(to, leaf.loop, flow);
      case "input": {
        const input = flow.inputs[leaf.name];
        return input?.kind === "artifact"
          ? [{ from: inputPill(leaf.name), to, name: leaf.name, type: input.type, kind: "artifact" }]
          : [];
      }
      case "status":
        return [{ from: leaf.step, to, name: "final status", type: null, kind: "exit" }];
      default:
        return [];
    }
  });
}

/** What takes an item of a loop is in it, and the list itself goes into the loop: no edge but that one. */
function itemWires(to: string, loop: string, flow: Flow): readonly Wire[] {
  const around = flow.byPath.get(loop);
  if (isWithin(to, loop) || around?.kind !== "group" || around.loop === null) return [];
  return wiresTo(to, around.loop.items, flow);
}

function typeOf(step: Step | undefined, output: string): string {
  return step?.definitions.outputs[output]?.type ?? "Artifact";
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}/`);
}
