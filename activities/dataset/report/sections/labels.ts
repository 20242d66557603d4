import { clipped, count, type Html, html, percent } from "../html.ts";
import { type Report, type Section, splitNames } from "../report.ts";

const most = 40;

/** Labels by their rows in each split; null for tasks without labels. */
export function labels({ manifest }: Report): Section | null {
  if (manifest.labels.length === 0) return null;
  const rowsOf = (label: string, split: (typeof splitNames)[number]): number =>
    manifest.splits[split].labelCounts[label] ?? 0;
  const sorted = manifest.labels.toSorted(
    (left, right) => rowsOf(right, "train") - rowsOf(left, "train") || (left < right ? -1 : 1),
  );
  const largest = Math.max(1, ...sorted.map((label) => rowsOf(label, "train")));
  const smallest = rowsOf(sorted.at(-1) ?? "", "train");
  const line = (label: string): Html => html`<tr><td><span class="chip label">${clipped(label, 60)}</span></td>
<td class="bar"><div class="meter"><i style="width:${(100 * rowsOf(label, "train")) / largest}%"></i></div></td>
${splitNames.map((split) => {
  const rows = rowsOf(label, split);
  const share = rows / Math.max(1, manifest.splits[split].rows);
  return html`<td class="number">${rows === 0 ? html`<span class="chip large">none</span>` : count(rows)} <span style="color:var(--soft)">${percent(share)}</span></td>`;
})}</tr>`;
  const head = html`<tr><th>label</th><th></th>${splitNames.map((split) => html`<th class="number"><span class="dot ${split}"></span>${split}</th>`)}</tr>`;
  const rest = sorted.slice(most);
  return {
    id: "labels",
    title: "Labels",
    lead: `${count(sorted.length)} labels. The most frequent one has ${ratio(largest, smallest)} the training rows of the rarest.`,
    body: html`<div class="card"><div class="scroll"><table>${head}${sorted.slice(0, most).map(line)}</table></div>
${rest.length === 0 ? null : html`<details><summary>${count(rest.length)} rarer labels</summary><div class="scroll"><table>${head}${rest.map(line)}</table></div></details>`}</div>`,
  };
}

function ratio(largest: number, smallest: number): string {
  if (smallest === 0) return "endlessly many times";
  const times = largest / smallest;
  return times < 1.05 ? "as many as" : `${times < 10 ? times.toFixed(1) : count(Math.round(times))} times`;
}
