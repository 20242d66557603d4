import type { Count } from "../../drift/tests.ts";
import { clipped, count, type Html, html, percent } from "../html.ts";

const width = 480;
const height = 150;
/** Of a category. */
const lineHeight = 27;
const nameWidth = 118;
const valueWidth = 112;
const mostCategories = 10;

type Side = "champion" | "data";

interface Shares {
  readonly bin: Count;
  readonly champion: number;
  readonly data: number;
}

/** Shares of the champion's data and of the new, category by category. */
export function categoryBars(bins: readonly Count[]): Html {
  const shares = sharesOf(bins.length <= mostCategories ? bins : withRest(bins, mostCategories - 1));
  const most = largest(shares);
  const room = width - nameWidth - valueWidth;
  const bar = (side: Side, one: Shares, y: number): Html =>
    html`<rect class="${side === "champion" ? "f-before" : "f-now"}" x="${nameWidth}" y="${y}" width="${Math.max(one[side] === 0 ? 0 : 1.5, (one[side] / most) * room)}" height="8" rx="2"/>`;
  return html`<svg viewBox="0 0 ${width} ${shares.length * lineHeight}" role="img" aria-label="Shares before and now">
${shares.map((one, index) => {
  const top = index * lineHeight + 4;
  return html`<g>${tooltip(one)}<text x="${nameWidth - 10}" y="${top + 8.5}" text-anchor="end" dominant-baseline="central">${clipped(one.bin.name, 17)}</text>
${bar("champion", one, top)}${bar("data", one, top + 9)}
<text x="${width}" y="${top + 8.5}" text-anchor="end" dominant-baseline="central">${percent(one.champion)} → ${percent(one.data)}</text></g>`;
})}
</svg>`;
}

/** The same of ranges of numbers, from the left to the right. */
export function rangeBars(bins: readonly Count[]): Html {
  const shares = sharesOf(bins);
  const most = largest(shares);
  const step = width / shares.length;
  const bar = Math.min(26, step * 0.38);
  return html`<svg viewBox="0 -6 ${width} ${height + 30}" role="img" aria-label="Shares before and now">
${shares.map((one, index) => {
  const middle = (index + 0.5) * step;
  return html`<g>${tooltip(one)}${(["champion", "data"] as const).map((side) => {
    const tall = one[side] === 0 ? 0 : Math.max(1.5, (one[side] / most) * height);
    return html`<rect class="${side === "champion" ? "f-before" : "f-now"}" x="${side === "champion" ? middle - bar - 0.75 : middle + 0.75}" y="${height - tall}" width="${bar}" height="${tall}" rx="2"/>`;
  })}
<text class="small" x="${middle}" y="${height + 17}" text-anchor="middle">${clipped(one.bin.name, Math.max(3, Math.floor(step / 5.8)))}</text></g>`;
})}
<line class="axis" x1="0" x2="${width}" y1="${height + 0.5}" y2="${height + 0.5}"/>
</svg>`;
}

function tooltip({ bin, champion, data }: Shares): Html {
  return html`<title>${bin.name}: ${percent(champion)} (${count(bin.champion)}) before, ${percent(data)} (${count(bin.data)}) now</title>`;
}

function sharesOf(bins: readonly Count[]): Shares[] {
  const total = (side: Side): number => Math.max(1, sum(bins, side));
  const totals = { champion: total("champion"), data: total("data") };
  return bins.map((bin) => ({ bin, champion: bin.champion / totals.champion, data: bin.data / totals.data }));
}

function largest(shares: readonly Shares[]): number {
  return Math.max(...shares.flatMap(({ champion, data }) => [champion, data]), 1e-9);
}

function withRest(bins: readonly Count[], shown: number): Count[] {
  const rest = bins.slice(shown);
  return [
    ...bins.slice(0, shown),
    { name: `${rest.length} more`, champion: sum(rest, "champion"), data: sum(rest, "data") },
  ];
}

function sum(bins: readonly Count[], side: Side): number {
  return bins.reduce((total, bin) => total + bin[side], 0);
}
