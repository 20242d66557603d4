import { clipped, type Html, html } from "../html.ts";
import { type ExampleRow, type Report, type Section, splitNames } from "../report.ts";

/** A few rows of each split, as they are learnt from. */
export function samples({ examples }: Report): Section | null {
  if (examples.rows.length === 0) return null;
  return {
    id: "samples",
    title: "Samples",
    lead: "Rows as the model sees them, chosen by their ids.",
    body: html`<div class="card">${splitNames.map((split) => examples.rows.filter((row) => row.split === split).map(quote))}</div>`,
  };
}

function quote({ split, label, text, slices }: ExampleRow): Html {
  return html`<div class="quote ${split}"><div class="meta"><span>${split}</span>${label === "" ? null : html`<span class="chip label">${clipped(label, 80)}</span>`}${Object.entries(slices).map(([name, value]) => html`<span>${name} ${clipped(value, 40)}</span>`)}</div><p class="text">${clipped(text, 600)}</p></div>`;
}
