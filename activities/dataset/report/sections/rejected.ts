import { clipped, count, type Html, html } from "../html.ts";
import type { RejectedExample, Report, Section } from "../report.ts";

/** Rows that were kept aside, why, and what they look like. */
export function rejected({ manifest, examples }: Report): Section {
  const reasons = manifest.rejected.toSorted(
    (left, right) => right.rows - left.rows || (left.reason < right.reason ? -1 : 1),
  );
  const most = Math.max(1, ...reasons.map(({ rows }) => rows));
  return {
    id: "rejected",
    title: "Kept aside",
    lead: "Rows that nobody learns from. They are not lost: the shards under rejected/ have all of them, each with its reason.",
    body:
      reasons.length === 0
        ? html`<div class="card"><p class="empty">Every row passed all checks.</p></div>`
        : html`<div class="card"><div class="scroll"><table><tr><th>reason</th><th></th><th class="number">rows</th></tr>
${reasons.map(({ reason, rows }) => html`<tr><td class="wide">${reason}</td><td class="bar"><div class="meter"><i class="lost" style="width:${(100 * rows) / most}%"></i></div></td><td class="number">${count(rows)}</td></tr>`)}</table></div>
${reasons.map(({ reason }) =>
  group(
    reason,
    examples.rejected.filter((example) => example.reason === reason),
  ),
)}</div>`,
  };
}

function group(reason: string, examples: readonly RejectedExample[]): Html | null {
  if (examples.length === 0) return null;
  return html`<details><summary>${reason}: ${examples.length} of them</summary>${examples.map(
    ({ source, row }) =>
      html`<div class="quote"><div class="meta">from ${source}</div>${Object.entries(row).map(
        ([column, value]) =>
          html`<p class="text"><span class="mono" style="color:var(--soft)">${clipped(column, 40)}</span> ${clipped(value, 300)}</p>`,
      )}</div>`,
  )}</details>`;
}
