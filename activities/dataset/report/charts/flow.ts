import { brief, clipped, type Html, html, percent } from "../html.ts";

/** Where rows come from, or where they went. */
export interface Stream {
  readonly name: string;
  readonly rows: number;
  readonly kind: "source" | "train" | "validation" | "test" | "lost";
}

const width = 1000;
const barWidth = 10;
const gap = 18;
const least = 3;
const columns = { left: 225, middle: 430, right: 640 };

/** Rows from their sources to their splits: what is thicker is more. */
export function flow(sources: readonly Stream[], outcomes: readonly Stream[]): Html {
  const rows = total(sources);
  const lines = Math.max(sources.length, outcomes.length);
  const height = Math.max(190, lines * 44);
  const thickness = height - (lines - 1) * gap;
  const left = placed(sources, rows, thickness, height);
  const right = placed(outcomes, total(outcomes), thickness, height);
  const middleTop = (height - thickness) / 2;
  const incoming = attached(left, middleTop, thickness);
  const outgoing = attached(right, middleTop, thickness);
  return html`<svg class="flow" viewBox="0 -8 ${width} ${height + 16}" role="img" aria-label="Rows from their sources to their splits">
${left.map((stream, index) => band(columns.left + barWidth, stream, columns.middle, incoming[index] ?? stream, "source"))}
${right.map((stream, index) => band(columns.middle + barWidth, outgoing[index] ?? stream, columns.right, stream, stream.kind))}
${left.map(
  (
    stream,
  ) => html`<rect class="f-source" x="${columns.left}" y="${stream.y}" width="${barWidth}" height="${stream.height}" rx="2"/>
<text class="strong" x="${columns.left - 10}" y="${stream.y + stream.height / 2}" text-anchor="end" dominant-baseline="central">${clipped(stream.name, 30)} <tspan fill-opacity=".6">${brief(stream.rows)}</tspan></text>`,
)}
<rect class="f-source" x="${columns.middle}" y="${middleTop}" width="${barWidth}" height="${thickness}" rx="2"/>
${right.map(
  (
    stream,
  ) => html`<rect class="f-${stream.kind}" x="${columns.right}" y="${stream.y}" width="${barWidth}" height="${stream.height}" rx="2"/>
<text x="${columns.right + barWidth + 10}" y="${stream.y + stream.height / 2}" dominant-baseline="central"><tspan fill="var(--ink)" font-weight="600">${clipped(stream.name, 38)}</tspan> ${brief(stream.rows)} · ${percent(stream.rows / Math.max(1, total(outcomes)))}</text>`,
)}
</svg>`;
}

interface Placed extends Stream {
  readonly y: number;
  readonly height: number;
}

/** One under the other, in the middle; each thick enough to be seen. */
function placed(streams: readonly Stream[], rows: number, thickness: number, height: number): Placed[] {
  const heights = streams.map((stream) => Math.max(least, (thickness * stream.rows) / Math.max(1, rows)));
  const used = heights.reduce((sum, one) => sum + one, 0);
  // Labels need their room, too.
  const space = streams.length < 2 ? 0 : Math.max(gap, (height - used) / (streams.length - 1));
  let y = Math.max(0, (height - used - space * (streams.length - 1)) / 2);
  return streams.map((stream, index) => {
    const one = { ...stream, y: round(y), height: round(heights[index] ?? least) };
    y += (heights[index] ?? 0) + space;
    return one;
  });
}

/** The same streams, without gaps. */
function attached(streams: readonly Placed[], top: number, thickness: number): Placed[] {
  const scale =
    thickness /
    Math.max(
      1,
      streams.reduce((sum, { height }) => sum + height, 0),
    );
  let y = top;
  return streams.map((stream) => {
    const one = { ...stream, y: round(y), height: round(stream.height * scale) };
    y += stream.height * scale;
    return one;
  });
}

function band(fromX: number, from: Placed, toX: number, to: Placed, kind: Stream["kind"]): Html {
  const bend = (fromX + toX) / 2;
  const path = `M${fromX} ${from.y}C${bend} ${from.y} ${bend} ${to.y} ${toX} ${to.y}V${round(to.y + to.height)}C${bend} ${round(to.y + to.height)} ${bend} ${round(from.y + from.height)} ${fromX} ${round(from.y + from.height)}Z`;
  return html`<path class="band f-${kind}" d="${path}"><title>${from.name}: ${brief(from.rows)}</title></path>`;
}

function total(streams: readonly Stream[]): number {
  return streams.reduce((sum, { rows }) => sum + rows, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
