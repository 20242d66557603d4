import type { Status } from "../wire/errors.ts";
import type { Json } from "../wire/json.ts";
import { valueText } from "./format.ts";
import { headlineOf } from "./headline.ts";
import { type Content, type Html, html, nothing } from "./html.ts";

/** Small parts that several pages have. */

/** Names and values; those without a value are left out. */
export function facts(entries: readonly (readonly [name: string, value: Content])[]): Html {
  const given = entries.filter(([, value]) => html`${value}`.markup !== "");
  return html`<dl class="facts">${given.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

export function section(title: string, content: Content): Html {
  const id = `block-${title.toLowerCase().replaceAll(" ", "-")}`;
  return html`<section class="block" id="${id}"><h2>${title}</h2>${content}</section>`;
}

export interface Column<T> {
  readonly title: Content;
  readonly cell: (item: T) => Content;
  readonly numeric?: true;
}

export function table<T>(caption: string, columns: readonly Column<T>[], items: readonly T[]): Html {
  const kind = ({ numeric }: Column<T>) => (numeric ? "number" : "");
  return html`<div class="scroll"><table aria-label="${caption}">
<thead><tr>${columns.map((column) => html`<th scope="col" class="${kind(column)}">${column.title}</th>`)}</tr></thead>
<tbody>${items.map(
    (item) => html`<tr>${columns.map((column) => html`<td class="${kind(column)}">${column.cell(item)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

export function labels(given: Readonly<Record<string, string>> | undefined): Html {
  const entries = Object.entries(given ?? {});
  if (entries.length === 0) return nothing;
  return html`<span class="labels">${entries.map(([key, value]) => html`<span class="label">${key}: ${value}</span>`)}</span>`;
}

/** What something failed with: what says most stands out, the rest is as it was written. */
export function failure(error: Status | undefined): Html {
  if (error === undefined) return nothing;
  const headline = headlineOf(error.message);
  const whole = error.message.trim();
  const more = (
    whole.startsWith(`${headline}\n`) ? whole.slice(headline.length) : whole === headline ? "" : whole
  ).trim();
  return html`<div class="failure" role="group" aria-label="Error"><p>${headline}</p>${more !== "" && html`<pre tabindex="0">${more}</pre>`}</div>`;
}

/** Parameters or metadata; what is long is folded. */
export function values(caption: string, given: Readonly<Record<string, Json>>): Html {
  const entries = Object.entries(given);
  if (entries.length === 0) return nothing;
  return html`<table class="values" aria-label="${caption}">${entries.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${long(value)}</td></tr>`,
  )}</table>`;
}

const longest = 400;

function long(value: Json): Html {
  const text = valueText(value);
  if (text.length <= longest) return html`<span class="value">${text === "" ? "“”" : text}</span>`;
  const whole = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return html`<details class="long"><summary>${text.slice(0, 120)}…</summary><pre tabindex="0">${whole.slice(0, 100_000)}</pre></details>`;
}

export function empty(what: Content): Html {
  return html`<p class="empty">${what}</p>`;
}
