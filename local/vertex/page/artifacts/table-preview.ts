import { counted, valueText } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { TableHead } from "./read-table.ts";

const longest = 120;

export function tablePreview(caption: string, { columns, rows, more }: TableHead): Html {
  const numeric = columns.map((_column, index) =>
    rows.every((row) => row[index] === "" || (row[index] !== undefined && !Number.isNaN(Number(row[index])))),
  );
  const kind = (index: number) => (numeric[index] ? "number" : "");
  const body = rows.map(
    (row) =>
      html`<tr>${columns.map((_column, index) => html`<td class="${kind(index)}">${cell(valueText(row[index] ?? ""))}</td>`)}</tr>`,
  );
  return html`<div class="scroll data" tabindex="0" role="region" aria-label="${caption}"><table aria-label="${caption}"><thead><tr>${columns.map(
    (column, index) => html`<th scope="col" class="${kind(index)}">${column}</th>`,
  )}</tr></thead><tbody>${body}</tbody></table></div>
<p class="quiet">${more ? `The first ${counted(rows.length, "row")}` : counted(rows.length, "row")}, ${counted(columns.length, "column")}</p>`;
}

function cell(text: string): Html {
  if (text.length <= longest) return html`${text}`;
  return html`<span title="${text.slice(0, 2000)}">${text.slice(0, longest)}…</span>`;
}
