import type { DiagramEdge } from "../diagram/diagram.ts";
import type { Label, Point, Route } from "./layout.ts";
import { toneOfType } from "./theme.ts";
import { escapeXml } from "./xml.ts";

const radius = 8;

export function drawRoute({ segment, points }: Route, edges: readonly DiagramEdge[]): string {
  const edge = edges[segment.edges[0] ?? 0];
  if (edge === undefined) return "";
  const tone = toneOf(edge);
  return (
    `<g class="edge ${edge.kind}" data-edges="${segment.edges.join(" ")}">` +
    `<path class="wire stroke-${tone}" d="${rounded(points)}"/>${segment.arrives ? arrow(points, tone) : ""}</g>`
  );
}

export function drawLabel({ edge, text, box }: Label): string {
  const tone = edge.type === null ? "quiet" : toneOfType(edge.type);
  const whole = edge.type === null ? (edge.name ?? "") : `${edge.name}: ${edge.type}`;
  return (
    `<text class="output fill-${tone}" x="${round(box.x + 5)}" y="${round(box.y + 10)}">` +
    `<title>${escapeXml(whole)}</title>${escapeXml(text)}</text>`
  );
}

function toneOf({ kind, type }: DiagramEdge): string {
  if (kind === "exit") return "red";
  return type === null ? "wire" : toneOfType(type);
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
