import { VertexError } from "../wire/errors.ts";
import { type ListFields, listPage } from "../wire/list.ts";
import { type Html, html } from "./html.ts";
import { query } from "./links.ts";
import type { Query } from "./live.ts";
import { type Column, empty, table } from "./parts.ts";

export interface ResourceList<T> {
  readonly path: string;
  /** `Pipeline jobs`. */
  readonly title: string;
  readonly all: readonly T[];
  readonly fields: ListFields<T>;
  readonly columns: readonly Column<T>[];
  /** Filters that are one click away. */
  readonly shortcuts: readonly (readonly [name: string, filter: string])[];
  readonly example: string;
  /** Beside the title. */
  readonly aside?: Html;
  /** What to say where there is none at all. */
  readonly whenEmpty: Html;
}

/** Of what has the states of a job. */
export const jobStateShortcuts: ResourceList<unknown>["shortcuts"] = [
  ["Running", 'state="JOB_STATE_RUNNING"'],
  ["Succeeded", 'state="JOB_STATE_SUCCEEDED"'],
  ["Failed", 'state="JOB_STATE_FAILED"'],
  ["Cancelled", 'state="JOB_STATE_CANCELLED"'],
];

const pageSize = 50;

/** A list as Vertex gives it: filtered, newest first, in pages. */
export function resourceList<T>(list: ResourceList<T>, asked: Query): Html {
  const filter = asked.get("filter") ?? "";
  const { items, next, problem } = find(list, filter, asked.get("pageToken") ?? "");
  return html`<header class="subject headline"><h1>${list.title}</h1><span class="space"></span>${list.aside}</header>
<form class="filter" role="search" action="${list.path}">
<label class="hidden" for="filter">Filter</label>
<input id="filter" name="filter" type="search" value="${filter}" placeholder="${list.example}" autocomplete="off" spellcheck="false">
<button type="submit">Filter</button>
<nav class="shortcuts" aria-label="Filters">${[["All", ""] as const, ...list.shortcuts].map(
    ([name, shortcut]) =>
      html`<a href="${list.path}${query({ filter: shortcut })}"${shortcut === filter && html` aria-current="true"`}>${name}</a>`,
  )}</nav>
</form>
${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}
${
  items.length > 0
    ? table(list.title, list.columns, items)
    : problem === null && empty(filter === "" ? list.whenEmpty : "Nothing passes this filter.")
}
${next !== "" && html`<p class="more"><a href="${list.path}${query({ filter, pageToken: next })}">Older ones</a></p>`}`;
}

function find<T>({ all, fields }: ResourceList<T>, filter: string, pageToken: string) {
  try {
    const request = { filter: spelledOut(filter), pageSize, pageToken };
    const { items, nextPageToken } = listPage(all, request, fields);
    return { items, next: nextPageToken, problem: null };
  } catch (error) {
    if (!(error instanceof VertexError) || error.code !== "INVALID_ARGUMENT") throw error;
    return { items: [], next: "", problem: error.message };
  }
}

/** A word alone is looked for in the names. */
function spelledOut(filter: string): string {
  const word = filter.trim();
  return /^[\w.-]+$/.test(word) ? `display_name="*${word}*"` : filter;
}
