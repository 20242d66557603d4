import type { Truncation } from "../../../../pipelines/retrain/run.ts";
import type { Lengths } from "../../../../trainer/contract/generated/contract.ts";
import { brief, count, type Html, html, percent } from "../html.ts";

const width = 480;
const height = 150;

/** A distribution of lengths, with its median, its 95th percentile, and where texts are cut. */
export function histogram(lengths: Lengths, unit: string, cut: number | null): Html {
  const { edges, counts } = trimmed(lengths.histogram);
  const most = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  const x = (value: number): number => position(edges, value) * step;
  const median = lengths.quantiles["0.5"];
  const high = lengths.quantiles["0.95"];
  const isCutSeen = cut !== null && cut < (edges.at(-1) ?? 0);
  return html`<svg viewBox="0 -18 ${width} ${height + 42}" role="img" aria-label="Distribution of ${unit}">
${counts.map((rows, index) => {
  const bar = rows === 0 ? 0 : Math.max(1.5, (rows / most) * height);
  return html`<rect class="f-train" fill-opacity="${isCutSeen && (edges[index] ?? 0) >= cut ? 0.35 : 0.9}" x="${index * step + 0.75}" y="${height - bar}" width="${Math.max(0.5, step - 1.5)}" height="${bar}" rx="1.5"><title>${count(edges[index] ?? 0)} to ${count(edges[index + 1] ?? 0)} ${unit}: ${count(rows)}</title></rect>`;
})}
<line class="axis" x1="0" x2="${width}" y1="${height + 0.5}" y2="${height + 0.5}"/>
${ticks(edges).map((index) => html`<text x="${index * step}" y="${height + 17}" text-anchor="${index === 0 ? "start" : index === edges.length - 1 ? "end" : "middle"}">${brief(index === edges.length - 1 ? (edges[index] ?? 1) - 1 : (edges[index] ?? 0))}</text>`)}
${median === undefined ? null : html`<line class="median" x1="${x(median)}" x2="${x(median)}" y1="0" y2="${height}"/>`}
${isCutSeen ? html`<line class="mark" x1="${x(cut)}" x2="${x(cut)}" y1="-4" y2="${height}"/><text class="mark-text" x="${x(cut)}" y="-8" text-anchor="${x(cut) > width / 2 ? "end" : "start"}">cut at ${count(cut)}</text>` : null}
</svg>
<div class="legend"><span>│ median ${median === undefined ? "–" : brief(median)}</span><span>95 % up to ${high === undefined ? "–" : brief(high)}</span><span>longest ${brief(lengths.maximum)}</span></div>`;
}

/** How many texts are longer than what the training reads of them. */
export function cutSentence({ maxLength, atLeast, atMost }: Truncation): Html {
  const share = atLeast === atMost ? percent(atMost) : `Between ${percent(atLeast)} and ${percent(atMost)}`;
  return html`<p class="lead">${share} of the training texts have more than ${count(maxLength)} tokens and are cut there.</p>`;
}

/** Empty bins at the ends say nothing. */
function trimmed({ edges, counts }: Lengths["histogram"]): Lengths["histogram"] {
  const first = Math.max(
    0,
    counts.findIndex((rows) => rows > 0),
  );
  const last = Math.max(
    first,
    counts.findLastIndex((rows) => rows > 0),
  );
  return { edges: edges.slice(first, last + 2), counts: counts.slice(first, last + 1) };
}

/** In bins from the left. */
function position(edges: readonly number[], value: number): number {
  const bin = edges.findLastIndex((edge) => edge <= value);
  if (bin < 0) return 0;
  if (bin >= edges.length - 1) return edges.length - 1;
  const [low = 0, high = 1] = [edges[bin], edges[bin + 1]];
  return bin + (value - low) / Math.max(1e-9, high - low);
}

function ticks(edges: readonly number[]): number[] {
  const wanted = Math.min(5, edges.length - 1);
  return Array.from({ length: wanted + 1 }, (_, index) =>
    Math.round((index * (edges.length - 1)) / Math.max(1, wanted)),
  );
}
