import type { Diagram, DiagramNode } from "../diagram/diagram.ts";
import { drawLabel, drawRoute } from "./edges.ts";
import { drawHeading } from "./heading.ts";
import { type Layout, layOut } from "./layout.ts";
import { drawCard, drawCluster, drawClusterLabel, drawPill } from "./nodes.ts";
import { drawingStyle, themeStyle } from "./theme.ts";
import { escapeXml } from "./xml.ts";

const margin = 32;
const gap = 26;

/** A file of its own, in the reader's light or dark theme. */
export async function drawSvg(diagram: Diagram): Promise<string> {
  const layout = await layOut(diagram);
  const heading = drawHeading(diagram);
  const width = Math.ceil(Math.max(layout.width, heading.width) + 2 * margin);
  const height = Math.ceil(heading.height + gap + layout.height + 2 * margin);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="retemper" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">` +
    `<title>${escapeXml(diagram.title)}</title><style>${themeStyle}${drawingStyle}</style>` +
    `<rect class="canvas" width="${width}" height="${height}"/>` +
    `<g transform="translate(${margin} ${margin})">${heading.svg}</g>` +
    `<g transform="translate(${margin} ${margin + heading.height + gap})">${drawLayout(diagram, layout)}</g></svg>\n`
  );
}

/** A part of somebody else's `<svg>`. */
export interface Drawing {
  /** Each step in it has its path as `data-step`, each edge its numbers in `edges` as `data-edges`. */
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** Which step each edge comes from and goes to. */
  readonly edges: readonly (readonly [from: string, to: string])[];
}

export async function draw(diagram: Diagram): Promise<Drawing> {
  const layout = await layOut(diagram);
  return {
    svg: drawLayout(diagram, layout),
    width: Math.ceil(layout.width),
    height: Math.ceil(layout.height),
    edges: diagram.edges.map(({ from, to }) => [from, to]),
  };
}

/** What is inside the drawing: clusters below, then edges, then tasks. */
export function drawLayout(diagram: Diagram, { boxes, routes, labels }: Layout): string {
  const clusters: string[] = [];
  const clusterLabels: string[] = [];
  const cards: string[] = [];
  draw(diagram.nodes);
  const wires = routes.map((route) => drawRoute(route, diagram.edges));
  return [...clusters, ...wires, ...clusterLabels, ...labels.map(drawLabel), ...cards].join("\n");

  function draw(nodes: readonly DiagramNode[]): void {
    for (const node of nodes) {
      const box = boxes.get(node.id);
      if (box === undefined) continue;
      if (node.kind === "card") cards.push(drawCard(node, box));
      else if (node.kind === "pill") cards.push(drawPill(node, box));
      else {
        clusters.push(drawCluster(node, box));
        clusterLabels.push(drawClusterLabel(node, box));
        draw(node.nodes);
      }
    }
  }
}
