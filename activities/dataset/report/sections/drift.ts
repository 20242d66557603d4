import { type ColumnDrift, type Drift, tests, type WordChange } from "../../drift/drift.ts";
import { categoryBars, rangeBars } from "../charts/paired-bars.ts";
import { brief, clipped, count, type Html, html } from "../html.ts";
import type { Report, Section } from "../report.ts";

/** What changed since the data that the champion learnt from. */
export function drift({ drift: found }: Report): Section | null {
  if (found === null) return null;
  const { champion, data } = found;
  const moved = found.columns.filter((column) => column.drift !== "none").length;
  const sampled =
    champion.sampled < champion.rows || data.sampled < data.rows
      ? ` ${count(champion.sampled)} and ${count(data.sampled)} of them were compared.`
      : "";
  return {
    id: "drift",
    title: "Drift",
    lead: `The ${count(data.rows)} training rows beside the ${count(champion.rows)} that the champion learnt from.${sampled} ${moved === 0 ? "No column moved in a way that matters." : `${moved} of ${found.columns.length} columns moved.`} A drift is significant (α = ${found.level}, Holm's correction) and large enough to matter (stability index from 0.1).`,
    body: html`${appearances(found)}<div class="card"><div class="scroll"><table>
<tr><th>column</th><th>drift</th><th class="number">stability index</th><th>test</th><th class="number">effect</th><th class="number">p, corrected</th></tr>
${found.columns.map(line)}</table></div></div>
<div class="legend" style="margin-top:18px"><span><span class="dot before"></span>the champion's data</span><span><span class="dot now"></span>this data</span></div>
<div class="grid charts">${found.columns
      .filter(({ bins }) => bins.length > 0)
      .map(
        (column) =>
          html`<div class="card"><h3>${clipped(column.column, 60)} <span class="chip ${column.drift}">${wording[column.drift]}</span></h3>${column.test === "chi-squared" && column.column !== "tokens" ? categoryBars(column.bins) : rangeBars(column.bins)}</div>`,
      )}${wordCard("More often, in a million words", found.words.risen)}${wordCard("Less often, in a million words", found.words.fallen)}</div>`,
  };
}

const wording = { none: "stable", moderate: "moderate", large: "large" } as const;

function line({ column, drift, psi, test, effect, adjusted }: ColumnDrift): Html {
  return html`<tr><td>${clipped(column, 60)}</td><td><span class="chip ${drift}">${wording[drift]}</span></td>
<td class="number">${psi === null ? "–" : psi.toFixed(3)}</td><td>${tests[test].title}</td>
<td class="number" title="${tests[test].effect}">${effect.toFixed(3)}</td><td class="number">${probability(adjusted)}</td></tr>`;
}

function probability(value: number): string {
  if (value < 0.0001) return "< 0.0001";
  return value.toFixed(value < 0.01 ? 4 : 2);
}

function appearances({ labels, schema }: Drift): Html | null {
  const lines = [
    named(
      "New labels",
      labels.appeared.map(({ name, rows }) => `${name} (${count(rows)})`),
      "large",
    ),
    named(
      "Labels that are gone",
      labels.vanished.map(({ name, rows }) => `${name} (${count(rows)})`),
      "large",
    ),
    named("New columns", schema.appeared, "moderate"),
    named("Columns that are gone", schema.vanished, "moderate"),
    named(
      "Columns of another type",
      schema.changed.map(({ name, champion, data }) => `${name}: ${champion} → ${data}`),
      "moderate",
    ),
  ].filter((one) => one !== null);
  return lines.length === 0 ? null : html`<div class="card" style="margin-bottom:14px">${lines}</div>`;
}

function named(title: string, names: readonly string[], kind: string): Html | null {
  if (names.length === 0) return null;
  const rest = names.length > 30 ? html` <span class="empty">and ${names.length - 30} more</span>` : null;
  return html`<p style="margin:0 0 8px"><b>${title}</b> ${names.slice(0, 30).map((name) => html`<span class="chip ${kind}">${clipped(name, 60)}</span> `)}${rest}</p>`;
}

function wordCard(title: string, words: readonly WordChange[]): Html | null {
  if (words.length === 0) return null;
  const most = Math.max(...words.flatMap(({ champion, data }) => [champion, data]), 1);
  return html`<div class="card"><h3>${title}</h3><div class="scroll"><table><tr><th>word</th><th></th><th class="number">before</th><th class="number">now</th></tr>
${words.map(({ word, champion, data }) => html`<tr><td>${clipped(word, 24)}</td><td class="bar"><div class="meter"><i class="lost" style="width:${(100 * champion) / most}%"></i></div><div class="meter" style="height:9px"><i style="width:${(100 * data) / most}%"></i></div></td><td class="number">${brief(champion)}</td><td class="number">${brief(data)}</td></tr>`)}</table></div></div>`;
}
