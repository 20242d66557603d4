import type { DiagramEdge } from "../diagram/diagram.ts";
import type { Point, Route } from "./layout.ts";
import { labelLines, measures } from "./measures.ts";
import { toneOfType } from "./theme.ts";
import { escapeXml } from "./xml.ts";

const radius = 8;

export function drawEdge({ edge, points, label }: Route): string {
  const tone = toneOf(edge);
  return (
    `<g class="edge ${edge.kind}" data-from="${escapeXml(edge.from)}" data-to="${escapeXml(edge.to)}">` +
    `<path class="wire stroke-${tone}" d="${rounded(points)}"/>${arrow(points, tone)}` +
    (label === null ? "" : drawLabel(edge, label)) +
    "</g>"
  );
}

function toneOf({ kind, type }: DiagramEdge): string {
  if (kind === "exit") return "red";
  return type === null ? "wire" : toneOfType(type);
}

function drawLabel(edge: DiagramEdge, box: Point & { readonly width: number; readonly height: number }): string {
  const tone = edge.type === null ? "quiet" : toneOfType(edge.type);
  const middle = box.x + box.width / 2;
  const lines = labelLines(edge.label).map((line, index) => {
    const y = box.y + 12 + index * measures.edgeLineHeight;
    return `<text class="fill-${tone}" x="${middle}" y="${y}" text-anchor="middle">${escapeXml(line)}</text>`;
  });
  const title = `<title>${escapeXml(edge.label.join("\n"))}</title>`;
  const ground = `<rect class="ground" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="5"/>`;
  return `<g>${title}${ground}${lines.join("")}</g>`;
}

/** A line with round corners. */
function rounded(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const commands = [`M${first.x} ${first.y}`];
  for (const [index, point] of rest.entries()) {
    const before = points[index];
    const after = rest[index + 1];
    if (before === undefined || after === undefined) {
      commands.push(`L${point.x} ${point.y}`);
      continue;
    }
    const from = towards(point, before);
    const to = towards(point, after);
    commands.push(`L${from.x} ${from.y}Q${point.x} ${point.y} ${to.x} ${to.y}`);
  }
  return commands.join("");
}

/** A point on the way, as far as the corner is round. */
function towards(corner: Point, other: Point): Point {
  const length = Math.hypot(other.x - corner.x, other.y - corner.y);
  if (length === 0) return corner;
  const part = Math.min(radius, length / 2) / length;
  return { x: round(corner.x + (other.x - corner.x) * part), y: round(corner.y + (other.y - corner.y) * part) };
}

function arrow(points: readonly Point[], tone: string): string {
  const end = points.at(-1);
  const before = points.at(-2);
  if (end === undefined || before === undefined) return "";
  const angle = round((Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI);
  return `<path class="head fill-${tone}" stroke="none" transform="translate(${end.x} ${end.y}) rotate(${angle})" d="M0 0-8-4.4V4.4Z"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
