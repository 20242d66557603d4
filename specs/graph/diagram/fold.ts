import type { Cluster, Diagram, DiagramEdge, DiagramNode } from "./diagram.ts";

/**
 * The diagram with some of its loops, branches and pipelines as one card each, which has the edges of all that is in it.
 *
 * @param closed their ids; one inside another that is closed, or that is none, changes nothing
 */
export function fold(diagram: Diagram, closed: ReadonlySet<string>): Diagram {
  if (closed.size === 0) return diagram;
  const inside = new Map<string, string>();
  const nodes = diagram.nodes.map((node) => folded(node));
  const edges = new Map<string, DiagramEdge>();
  for (const edge of diagram.edges) {
    const from = inside.get(edge.from) ?? edge.from;
    const to = inside.get(edge.to) ?? edge.to;
    if (from !== to) edges.set(JSON.stringify([from, to, edge.kind, edge.name]), { ...edge, from, to });
  }
  return { ...diagram, nodes, edges: [...edges.values()] };

  function folded(node: DiagramNode): DiagramNode {
    if (node.kind !== "cluster") return node;
    if (!closed.has(node.id)) return { ...node, nodes: node.nodes.map(folded) };
    for (const id of idsIn(node)) inside.set(id, node.id);
    const tasks = countTasks(node);
    const count = `${tasks} task${tasks === 1 ? "" : "s"}`;
    const isPipeline = node.role === "pipeline";
    return {
      kind: "card",
      id: node.id,
      runs: "group",
      title: isPipeline ? node.label : node.keyword,
      lines: isPipeline ? [`${node.keyword} · ${count}`] : [...(node.label === "" ? [] : [node.label]), count],
      badges: [],
    };
  }
}

function idsIn({ nodes }: Cluster): readonly string[] {
  return nodes.flatMap((node) => [node.id, ...(node.kind === "cluster" ? idsIn(node) : [])]);
}

function countTasks({ nodes }: Cluster): number {
  return nodes.reduce((sum, node) => sum + (node.kind === "cluster" ? countTasks(node) : 1), 0);
}
