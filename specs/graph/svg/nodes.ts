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
    `<g class="card" data-step="${escapeXml(card.id)}" tabindex="0" role="button" transform="translate(${x} ${y})">` +
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
  const nameWidth = textWidth(pill.title, measures.line);
  const arrow = pill.direction === "in" ? "M-5 0H5M1 -4 5 0 1 4" : "M-5 0H5M1 -4 5 0 1 4";
  return (
    `<g class="pill" data-pill="${escapeXml(pill.id)}" transform="translate(${x} ${y})">` +
    `<rect width="${width}" height="${height}" rx="${height / 2}"/>` +
    `<path transform="translate(17 ${height / 2})" d="${arrow}" fill="none" class="stroke-${tone}" stroke-width="1.5" stroke-linecap="round"/>` +
    `<text class="name" x="29" y="19">${escapeXml(pill.title)}</text>` +
    `<text class="type fill-${tone}" x="${Math.round(29 + nameWidth + 5)}" y="19">${escapeXml(pill.type)}</text></g>`
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
  const keyword = textWidth(cluster.keyword, measures.cluster);
  const room = width - keyword - 44;
  const dashes = cluster.role === "branches" ? ' stroke-dasharray="6 4"' : "";
  return (
    `<g class="cluster" data-step="${escapeXml(cluster.id)}" tabindex="0" role="button" transform="translate(${x} ${y})">` +
    `<rect class="fill-${tone} stroke-${tone}" width="${width}" height="${height}" rx="14"${dashes}/>` +
    `<text class="keyword fill-${tone}" x="16" y="23">${escapeXml(cluster.keyword)}</text>` +
    text("label", Math.round(16 + keyword + 8), 23, cluster.label, measures.cluster, room) +
    "</g>"
  );
}

/** Text that is cut where there is no more room, and then says the whole when pointed at. */
export function text(name: string, x: number, y: number, content: string, size: number, room: number): string {
  if (content === "") return "";
  const shown = fitted(content, size, room);
  const whole = shown === content ? "" : `<title>${escapeXml(content)}</title>`;
  return `<text class="${name}" x="${x}" y="${y}">${whole}${escapeXml(shown)}</text>`;
}
