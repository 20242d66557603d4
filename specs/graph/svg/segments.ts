import type { Diagram, DiagramEdge, DiagramNode } from "../diagram/diagram.ts";

/** A part of an edge that crosses no border. Edges that bring the same thing share parts of their way. */
export interface Segment {
  /** Id of the cluster in which it runs; `""` outside of all. */
  readonly within: string;
  readonly from: End;
  readonly to: End;
  /** Indexes of the diagram's edges that go along here. */
  readonly edges: number[];
  /** Whether an edge ends here. */
  arrives: boolean;
}

/** A place at the border of a node; null for any. */
export interface End {
  readonly node: string;
  readonly port: string | null;
}

export interface Port {
  readonly id: string;
  readonly side: "in" | "out";
  /** What goes out first here. */
  readonly edge: DiagramEdge;
}

/** Cuts edges where they cross the borders of clusters. */
export function cutEdges(diagram: Diagram): {
  readonly segments: readonly Segment[];
  /** By node. */
  readonly ports: ReadonlyMap<string, readonly Port[]>;
} {
  const parents = new Map<string, string>();
  const clusters = new Set<string>();
  visit(diagram.nodes, "");
  const segments = new Map<string, Segment>();
  const ports = new Map<string, Map<string, Port>>();
  for (const [index, edge] of diagram.edges.entries()) cut(edge, index);
  return {
    segments: [...segments.values()],
    ports: new Map([...ports].map(([node, own]) => [node, [...own.values()]])),
  };

  function visit(nodes: readonly DiagramNode[], parent: string): void {
    for (const node of nodes) {
      parents.set(node.id, parent);
      if (node.kind !== "cluster") continue;
      clusters.add(node.id);
      visit(node.nodes, node.id);
    }
  }

  function cut(edge: DiagramEdge, index: number): void {
    const out = around(edge.from);
    const into = around(edge.to);
    const common = out.find((cluster) => into.includes(cluster)) ?? "";
    let current = port(edge.from, "out", edge);
    for (const cluster of out.slice(0, out.indexOf(common))) {
      current = join(cluster, current, port(cluster, "out", edge), index, false);
    }
    const inwards = [edge.to, ...into.slice(0, into.indexOf(common))].reverse();
    for (const node of inwards) {
      const last = node === edge.to;
      const end = clusters.has(node) ? port(node, "in", edge) : { node, port: null };
      current = join(parents.get(node) ?? "", current, end, index, last);
    }
  }

  /** Clusters around a node, the nearest first. */
  function around(node: string): readonly string[] {
    const parent = parents.get(node) ?? "";
    return parent === "" ? [""] : [parent, ...around(parent)];
  }

  function port(node: string, side: Port["side"], edge: DiagramEdge): End {
    const id = JSON.stringify([node, side, edge.from, edge.kind, edge.name]);
    const own = ports.get(node) ?? new Map<string, Port>();
    ports.set(node, own);
    if (!own.has(id)) own.set(id, { id, side, edge });
    return { node, port: id };
  }

  function join(within: string, from: End, to: End, index: number, arrives: boolean): End {
    const key = JSON.stringify([from, to]);
    const segment = segments.get(key) ?? { within, from, to, edges: [], arrives: false };
    segments.set(key, segment);
    segment.edges.push(index);
    segment.arrives ||= arrives;
    return to;
  }
}
