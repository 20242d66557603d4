import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api.js";
import type { Diagram, DiagramEdge, DiagramNode } from "../diagram/diagram.ts";
import { cardSize, clusterWidth, labelSize, measures, pillSize } from "./measures.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** A diagram in which everything has its place, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** By the node's id. */
  readonly boxes: ReadonlyMap<string, Box>;
  readonly routes: readonly Route[];
}

export interface Route {
  readonly edge: DiagramEdge;
  readonly points: readonly Point[];
  readonly label: Box | null;
}

const options = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.json.shapeCoords": "ROOT",
  "elk.json.edgeCoords": "ROOT",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.spacing.nodeNodeBetweenLayers": "38",
  "elk.layered.spacing.edgeNodeBetweenLayers": "18",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "12",
  "elk.spacing.nodeNode": "28",
  "elk.spacing.edgeNode": "18",
  "elk.spacing.edgeEdge": "12",
  "elk.spacing.edgeLabel": "4",
  "elk.spacing.componentComponent": "36",
  "elk.padding": "[top=0,left=0,bottom=0,right=0]",
} as const;

/** Gives everything its place: layer by layer from above, nested as the pipeline is. */
export async function layOut(diagram: Diagram): Promise<Layout> {
  const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
  const graph: ElkNode = {
    id: "",
    layoutOptions: options,
    children: diagram.nodes.map(toElk),
    edges: diagram.edges.map((edge, index) => ({
      id: String(index),
      sources: [edge.from],
      targets: [edge.to],
      ...(edge.label.length > 0 && {
        labels: [{ text: "label", ...labelSize(edge.label), layoutOptions: { "elk.edgeLabels.placement": "CENTER" } }],
      }),
    })),
  };
  const placed = await new Elk.default().layout(graph);
  const boxes = new Map<string, Box>();
  collect(placed.children ?? [], boxes);
  const routes = (placed.edges ?? []).flatMap((edge) => routeOf(edge, diagram.edges[Number(edge.id)]));
  return { width: placed.width ?? 0, height: placed.height ?? 0, boxes, routes };
}

function toElk(node: DiagramNode): ElkNode {
  if (node.kind === "card") return { id: node.id, ...cardSize(node) };
  if (node.kind === "pill") {
    const constraint = node.direction === "in" ? "FIRST" : "NONE";
    return { id: node.id, ...pillSize(node), layoutOptions: { "elk.layered.layering.layerConstraint": constraint } };
  }
  return {
    id: node.id,
    children: node.nodes.map(toElk),
    layoutOptions: {
      "elk.padding": `[top=${measures.clusterHead + 18},left=20,bottom=20,right=20]`,
      "elk.nodeSize.constraints": "MINIMUM_SIZE",
      "elk.nodeSize.minimum": `(${clusterWidth(node)}, 60)`,
    },
  };
}

function collect(nodes: readonly ElkNode[], boxes: Map<string, Box>): void {
  for (const { id, x = 0, y = 0, width = 0, height = 0, children = [] } of nodes) {
    boxes.set(id, { x, y, width, height });
    collect(children, boxes);
  }
}

function routeOf(edge: ElkExtendedEdge, drawn: DiagramEdge | undefined): readonly Route[] {
  if (drawn === undefined) return [];
  const points = (edge.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
  const [label] = edge.labels ?? [];
  const box =
    label === undefined
      ? null
      : { x: label.x ?? 0, y: label.y ?? 0, width: label.width ?? 0, height: label.height ?? 0 };
  return [{ edge: drawn, points, label: box }];
}
