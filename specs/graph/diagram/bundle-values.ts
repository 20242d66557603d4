import type { Diagram, DiagramEdge } from "./diagram.ts";

/** A task with more parameters than that, which others take, would be all lines. */
const most = 4;

/** Of tasks that give away many parameters, those go as one line to each who takes some. Artifacts keep their own. */
export function bundleValues(diagram: Diagram): Diagram {
  const names = new Map<string, Set<string | null>>();
  for (const { kind, from, name } of diagram.edges) {
    if (kind === "parameter") names.set(from, (names.get(from) ?? new Set()).add(name));
  }
  const edges = new Map<string, DiagramEdge>();
  for (const edge of diagram.edges) {
    const count = edge.kind === "parameter" ? (names.get(edge.from)?.size ?? 0) : 0;
    const drawn = count > most ? { ...edge, name: `${count} values` } : edge;
    edges.set(JSON.stringify([drawn.from, drawn.to, drawn.name, drawn.kind]), drawn);
  }
  return { ...diagram, edges: [...edges.values()] };
}
