import { count, type Html, html } from "../html.ts";
import { type Report, type Section, splitNames } from "../report.ts";

const most = 20;

/** Where everything comes from, at which revision, and with which columns. */
export function sources({ manifest }: Report): Section {
  const { schema = [], sourceRows = {} } = manifest;
  const files = manifest.sources.map(
    ({ uri, revision, rows }) =>
      html`<tr><td class="wide mono">${uri}</td><td class="mono" title="${revision}">${revision.slice(0, 12)}</td><td class="number">${count(rows)}</td></tr>`,
  );
  const head = html`<tr><th>file</th><th>revision</th><th class="number">rows</th></tr>`;
  return {
    id: "sources",
    title: "Sources and columns",
    lead: "Every file at a pinned revision: the same pins give the same bytes.",
    body: html`<div class="card"><div class="scroll"><table>${head}${files.slice(0, most)}</table></div>
${files.length > most ? html`<details><summary>${count(files.length - most)} more files</summary><div class="scroll"><table>${head}${files.slice(most)}</table></div></details>` : null}</div>
<div class="grid" style="margin-top:14px">${Object.keys(sourceRows).length > 1 ? mixOf(sourceRows) : null}
${schema.length === 0 ? null : html`<div class="card"><h3>Columns</h3><div class="scroll"><table>${schema.map(({ name, type }) => html`<tr><td class="mono">${name}</td><td class="mono" style="color:var(--soft)">${type}</td></tr>`)}</table></div></div>`}</div>`,
  };
}

function mixOf(rows: Readonly<Record<string, Readonly<Record<string, number>>>>): Html {
  return html`<div class="card"><h3>The mix</h3><div class="scroll"><table><tr><th>source</th>${splitNames.map((split) => html`<th class="number"><span class="dot ${split}"></span>${split}</th>`)}</tr>
${Object.entries(rows).map(([name, splits]) => html`<tr><td>${name}</td>${splitNames.map((split) => html`<td class="number">${count(splits[split] ?? 0)}</td>`)}</tr>`)}</table></div></div>`;
}
