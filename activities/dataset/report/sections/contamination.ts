import { clipped, count, html, percent } from "../html.ts";
import type { Report, Section } from "../report.ts";

const mostExamples = 8;

/** Training rows that hold what evaluations ask for; null where it was not looked for. */
export function contamination({ manifest }: Report): Section | null {
  const found = manifest.statistics?.contamination;
  if (found === undefined) return null;
  return {
    id: "contamination",
    title: "Decontamination",
    lead: `A training row is removed when an evaluation set has at least ${percent(found.share)} of its ${found.ngram}-word sequences. ${count(found.removed)} rows were.`,
    body: html`<div class="card"><div class="scroll"><table><tr><th>evaluation set</th><th class="number">texts</th><th class="number">training rows that hold some of it</th></tr>
${found.sets.map(({ name, texts, contaminated }) => html`<tr><td>${name === "test" ? "the test split" : name}</td><td class="number">${count(texts)}</td><td class="number">${contaminated === 0 ? html`<span class="chip none">none</span>` : count(contaminated)}</td></tr>`)}</table></div>
${found.examples.length === 0 ? null : html`<h3>For example</h3>${found.examples.slice(0, mostExamples).map(({ set, text, share }) => html`<div class="quote"><div class="meta">${percent(share)} of it is in ${set === "test" ? "the test split" : set}</div><p class="text">${clipped(text, 500)}</p></div>`)}`}</div>`,
  };
}
