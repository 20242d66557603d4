import type { ElkExtendedEdge, ElkNode, ElkPort } from "elkjs/lib/elk-api.js";
import type { Diagram, DiagramEdge, DiagramNode } from "../diagram/diagram.ts";
import { cardSize, clusterWidth, edgeLabel, labelSize, measures, pillSize } from "./measures.ts";
import { cutEdges, type Port, type Segment } from "./segments.ts";

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
  readonly labels: readonly Label[];
}

/** A part of one edge or several. */
export interface Route {
  readonly segment: Segment;
  readonly points: readonly Point[];
}

export interface Label {
  readonly edge: DiagramEdge;
  readonly text: string;
  readonly box: Box;
}

/** Every cluster is laid out by itself, from the inside outwards, so that none is larger than what is in it. */
const layered = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.hierarchyHandling": "SEPARATE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.layered.considerModelOrder.strategy": "PREFER_EDGES",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
  "elk.layered.spacing.nodeNodeBetweenLayers": "44",
  "elk.layered.spacing.edgeNodeBetweenLayers": "20",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "10",
  "elk.spacing.nodeNode": "28",
  "elk.spacing.edgeNode": "20",
  "elk.spacing.edgeEdge": "12",
  "elk.spacing.componentComponent": "28",
  "elk.aspectRatio": "2.2",
} as const;

/** `if` stands left of `else`. */
const inTheirOrder = {
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.crossingMinimization.forceNodeModelOrder": "true",
  "elk.layered.crossingMinimization.greedySwitch.type": "OFF",
} as const;

/** Gives everything its place: layer by layer from above, nested as the pipeline is. */
export async function layOut(diagram: Diagram): Promise<Layout> {
  const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
  const { segments, ports } = cutEdges(diagram);
  const inside = Map.groupBy(segments.entries(), ([, { within }]) => within);
  const graph: ElkNode = {
    id: "root",
    layoutOptions: {
      ...layered,
      "elk.json.shapeCoords": "ROOT",
      "elk.json.edgeCoords": "ROOT",
      "elk.padding": "[top=0,left=0,bottom=0,right=0]",
    },
    children: diagram.nodes.map(toElk),
    edges: edgesWithin(""),
  };
  const placed = await new Elk.default().layout(graph);
  const boxes = new Map<string, Box>();
  const labels: Label[] = [];
  const routes: Route[] = [];
  collect(placed);
  return { width: placed.width ?? 0, height: placed.height ?? 0, boxes, routes, labels };

  function toElk(node: DiagramNode): ElkNode {
    const own = (ports.get(node.id) ?? []).map((port) => toElkPort(port, node));
    if (node.kind === "pill") return { id: node.id, ...pillSize(node), ports: own };
    if (node.kind === "card") {
      const { width, height } = cardSize(node);
      return {
        id: node.id,
        width,
        height,
        ports: own,
        layoutOptions: {
          "elk.portConstraints": "FIXED_SIDE",
          "elk.nodeSize.constraints": "PORTS PORT_LABELS MINIMUM_SIZE",
          "elk.nodeSize.minimum": `(${width}, ${height})`,
          "elk.portLabels.placement": "OUTSIDE NEXT_TO_PORT_IF_POSSIBLE",
          "elk.spacing.labelPortHorizontal": "5",
          "elk.spacing.labelPortVertical": "6",
          "elk.spacing.portPort": "14",
        },
      };
    }
    return {
      id: node.id,
      children: node.nodes.map(toElk),
      edges: edgesWithin(node.id),
      ports: own,
      layoutOptions: {
        ...layered,
        ...(node.role === "branches" && inTheirOrder),
        "elk.padding": `[top=${measures.clusterHead + 10},left=20,bottom=20,right=20]`,
        "elk.portConstraints": "FIXED_SIDE",
        "elk.nodeSize.constraints": "MINIMUM_SIZE",
        "elk.nodeSize.minimum": `(${clusterWidth(node)}, 60)`,
      },
    };
  }

  function edgesWithin(cluster: string): ElkExtendedEdge[] {
    return [...(inside.get(cluster) ?? [])].map(([index, { from, to }]) => ({
      id: `edge ${index}`,
      sources: [from.port ?? from.node],
      targets: [to.port ?? to.node],
    }));
  }

  function collect(node: ElkNode): void {
    for (const child of node.children ?? []) {
      boxes.set(child.id, boxOf(child));
      for (const port of child.ports ?? []) collectLabel(port);
      collect(child);
    }
    for (const edge of node.edges ?? []) {
      const segment = segments[Number(edge.id.split(" ")[1])];
      if (segment !== undefined) routes.push({ segment, points: pointsOf(edge) });
    }
  }

  function collectLabel(port: ElkPort): void {
    const [label] = port.labels ?? [];
    const [node = ""] = JSON.parse(port.id) as string[];
    const edge = ports.get(node)?.find(({ id }) => id === port.id)?.edge;
    if (label !== undefined && edge !== undefined) labels.push({ edge, text: label.text ?? "", box: boxOf(label) });
  }
}

function toElkPort({ id, side, edge }: Port, node: DiagramNode): ElkPort {
  const label = node.kind === "card" ? edgeLabel(edge) : "";
  return {
    id,
    width: 0,
    height: 0,
    layoutOptions: { "elk.port.side": side === "in" ? "NORTH" : "SOUTH" },
    ...(label !== "" && { labels: [{ text: label, ...labelSize(label) }] }),
  };
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box {
  return { x, y, width, height };
}

function pointsOf(edge: ElkExtendedEdge): readonly Point[] {
  return (edge.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
}
