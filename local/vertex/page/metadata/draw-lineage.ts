import type { ElkNode } from "elkjs/lib/elk-api.js";
import { type Drawing, escapeXml } from "../../../../specs/graph/index.ts";
import { pathOf } from "../links.ts";
import type { Lineage, LineageNode } from "./lineage.ts";

const layout = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.edgeRouting": "SPLINES",
  "elk.layered.spacing.nodeNodeBetweenLayers": "64",
  "elk.spacing.nodeNode": "20",
  "elk.spacing.componentComponent": "40",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
} as const;

const height = 46;
const longest = 26;

/** Left what was there first, right what came of it; each leads to its page. */
export async function drawLineage({ nodes, edges }: Lineage, chosen: string): Promise<Drawing> {
  const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
  const graph: ElkNode = {
    id: "root",
    layoutOptions: layout,
    children: nodes.map((node) => ({ id: node.name, width: widthOf(node), height })),
    edges: edges.map(([from, to], index) => ({ id: String(index), sources: [from], targets: [to] })),
  };
  const placed = await new Elk.default().layout(graph);
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const wires = (placed.edges ?? []).map(({ sections = [] }) => {
    const paths = sections.map(({ startPoint, endPoint, bendPoints = [] }) =>
      wire([startPoint, ...bendPoints, endPoint]),
    );
    return `<g class="edge"><path class="wire stroke-wire" d="${paths.join("")}"/></g>`;
  });
  const boxes = (placed.children ?? []).map(({ id, x = 0, y = 0, width = 0 }) => {
    const node = byName.get(id);
    return node === undefined ? "" : box(node, x, y, width, id === chosen);
  });
  return {
    svg: [...wires, ...boxes].join("\n"),
    width: Math.ceil(placed.width ?? 0),
    height: Math.ceil(placed.height ?? 0),
    edges,
  };
}

function box(
  { kind, name, title, type, look }: LineageNode,
  x: number,
  y: number,
  width: number,
  here: boolean,
): string {
  const text = `<text class="title" x="${kind === "artifact" ? 18 : 34}" y="20">${escapeXml(shortened(title))}</text><text class="line" x="${kind === "artifact" ? 18 : 34}" y="36">${escapeXml(shortened(type))}</text>`;
  const state =
    look === null
      ? '<circle class="fill-quiet" cx="18" cy="23" r="4"/>'
      : `<g class="look-${look}" transform="translate(10 15)"><use href="#icon-${look}" width="16" height="16" class="icon"/></g>`;
  return (
    `<a href="${escapeXml(pathOf(name))}" class="${kind} card${here ? " chosen" : ""}"${here ? ' aria-current="true"' : ""} transform="translate(${x} ${y})">` +
    `<title>${escapeXml(`${title} · ${type}`)}</title>` +
    `<rect class="body" width="${width}" height="${height}" rx="${kind === "artifact" ? height / 2 : 10}"/>` +
    `${kind === "artifact" ? "" : state}${text}</a>`
  );
}

function wire(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [start, ...rest] = points.map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`);
  // A spline comes as groups of three: two to bend towards, one to come to.
  const curved = rest.length % 3 === 0;
  return `M${start}${curved ? "C" : "L"}${rest.join(" ")}`;
}

function widthOf({ kind, title, type }: LineageNode): number {
  const text = Math.max(shortened(title).length * 8.1, shortened(type).length * 6.4);
  return Math.round(Math.max(96, text + (kind === "artifact" ? 40 : 50)));
}

function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
