import type { Card, Cluster, Pill } from "../diagram/diagram.ts";
import type { Role } from "../flow/index.ts";
import { icon } from "./icons.ts";
import type { Box } from "./layout.ts";
import { measures } from "./measures.ts";
import { fitted, textWidth } from "./text-width.ts";
import { type Tone, toneOfType } from "./theme.ts";
import { escapeXml } from "./xml.ts";

export function drawCard(card: Card, { x, y, width, height }: Box): string {
  const left = measures.icon + 16;
  const room = width - left - 12;
  const rows = card.lines.length;
  const middle = card.badges.length > 0 ? height - 20 : height;
  const top = Math.round((middle - (measures.lineHeight * rows + 14)) / 2) + 12;
  const lines = card.lines.map((line, index) =>
    text("line", left, top + (index + 1) * measures.lineHeight, line, measures.line, room),
  );
  return (
    `<g class="${card.runs === "group" ? "card folded" : "card"}" data-step="${escapeXml(card.id)}" tabindex="0" role="button" transform="translate(${x} ${y})">` +
    `<rect class="body" width="${width}" height="${height}" rx="10"/>` +
    icon(card.runs, 15, Math.round(height / 2) - 10) +
    text("title", left, top, card.title, measures.title, room) +
    lines.join("") +
    drawBadges(card.badges, left, height - 22) +
    "</g>"
  );
}

function drawBadges(badges: readonly string[], left: number, y: number): string {
  let x = left;
  return badges
    .map((badge) => {
      const width = Math.round(textWidth(badge, measures.badge)) + 12;
      const drawn =
        `<rect class="badge-body" x="${x}" y="${y}" width="${width}" height="15" rx="7.5"/>` +
        `<text class="badge" x="${x + width / 2}" y="${y + 11}" text-anchor="middle">${escapeXml(badge)}</text>`;
      x += width + 6;
      return drawn;
    })
    .join("");
}

export function drawPill(pill: Pill, { x, y, width, height }: Box): string {
  const tone = isArtifact(pill.type) ? toneOfType(pill.type) : "quiet";
  return (
    `<g class="pill" data-pill="${escapeXml(pill.id)}" transform="translate(${x} ${y})">` +
    `<rect width="${width}" height="${height}" rx="${height / 2}"/>` +
    `<path transform="translate(17 ${height / 2})" d="M-5 0H5M1-4 5 0 1 4" fill="none" class="stroke-${tone}" stroke-width="1.5" stroke-linecap="round"/>` +
    `<text x="29" y="19"><tspan class="name">${escapeXml(pill.title)}</tspan>` +
    `<tspan class="type fill-${tone}" dx="6">${escapeXml(pill.type)}</tspan></text></g>`
  );
}

/** Types of parameters are lower case. */
function isArtifact(type: string): boolean {
  return /^[A-Z]/.test(type);
}

const tones: Readonly<Record<Role, Tone>> = {
  loop: "violet",
  branch: "amber",
  branches: "amber",
  "exit-handler": "red",
  pipeline: "blue",
};

export function drawCluster(cluster: Cluster, { x, y, width, height }: Box): string {
  const tone = tones[cluster.role];
  const dashes = cluster.role === "branches" ? ' stroke-dasharray="6 4"' : "";
  return (
    `<g class="cluster" data-step="${escapeXml(cluster.id)}" tabindex="0" role="button" transform="translate(${x} ${y})">` +
    `<rect class="canvas" width="${width}" height="${height}" rx="14"/>` +
    `<rect class="body fill-${tone} stroke-${tone}" width="${width}" height="${height}" rx="14"${dashes}/></g>`
  );
}

/** Above the edges that go through it. */
export function drawClusterLabel(cluster: Cluster, { x, y, width }: Box): string {
  const room = width - textWidth(cluster.keyword, measures.cluster) - 48;
  const label = fitted(cluster.label, measures.cluster, room);
  return (
    `<text class="cluster-label" data-label="${escapeXml(cluster.id)}" x="${x + 16}" y="${y + 23}">` +
    `<title>${escapeXml(`${cluster.keyword} ${cluster.label}`)}</title>` +
    `<tspan class="keyword fill-${tones[cluster.role]}">${escapeXml(cluster.keyword)}</tspan>` +
    `<tspan class="label" dx="8">${escapeXml(label)}</tspan></text>`
  );
}

/** Text that is cut where there is no more room, and then says the whole when pointed at. */
export function text(name: string, x: number, y: number, content: string, size: number, room: number): string {
  if (content === "") return "";
  const shown = fitted(content, size, room);
  const whole = shown === content ? "" : `<title>${escapeXml(content)}</title>`;
  return `<text class="${name}" x="${x}" y="${y}">${whole}${escapeXml(shown)}</text>`;
}
