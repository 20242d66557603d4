import type { Count } from "../../drift/tests.ts";
import { clipped, count, type Html, html, percent } from "../html.ts";

const width = 480;
const height = 130;
const shown = 12;

/** Shares of the champion's data and of the new, bin by bin. */
export function pairedBars(bins: readonly Count[]): Html {
  const sum = (side: "champion" | "data"): number =>
    Math.max(
      1,
      bins.reduce((total, bin) => total + bin[side], 0),
    );
  const totals = { champion: sum("champion"), data: sum("data") };
  const few = bins.length <= shown ? bins : [...bins.slice(0, shown - 1), rest(bins.slice(shown - 1))];
  const share = (bin: Count, side: "champion" | "data"): number => bin[side] / totals[side];
  const most = Math.max(...few.flatMap((bin) => [share(bin, "champion"), share(bin, "data")]), 1e-9);
  const step = width / few.length;
  const bar = Math.min(26, step * 0.36);
  const room = Math.max(3, Math.floor(step / 7.2));
  return html`<svg viewBox="0 -6 ${width} ${height + 30}" role="img" aria-label="Shares before and now">
${few.map((bin, index) => {
  const middle = (index + 0.5) * step;
  return html`<g><title>${bin.name}: ${percent(share(bin, "champion"))} (${count(bin.champion)}) before, ${percent(share(bin, "data"))} (${count(bin.data)}) now</title>
${(["champion", "data"] as const).map((side) => {
  const tall = bin[side] === 0 ? 0 : Math.max(1.5, (share(bin, side) / most) * height);
  return html`<rect class="${side === "champion" ? "f-before" : "f-now"}" x="${side === "champion" ? middle - bar - 0.75 : middle + 0.75}" y="${height - tall}" width="${bar}" height="${tall}" rx="2"/>`;
})}
<text x="${middle}" y="${height + 17}" text-anchor="middle">${clipped(bin.name, room)}</text></g>`;
})}
<line class="axis" x1="0" x2="${width}" y1="${height + 0.5}" y2="${height + 0.5}"/>
</svg>`;
}

function rest(bins: readonly Count[]): Count {
  const total = (side: "champion" | "data"): number => bins.reduce((sum, bin) => sum + bin[side], 0);
  return { name: `${bins.length} more`, champion: total("champion"), data: total("data") };
}
