import MarkdownIt from "markdown-it";
import { bytes } from "../format.ts";
import { Html, html } from "../html.ts";
import { pathOf, query } from "../links.ts";
import { empty } from "../parts.ts";
import { type Content, readHead, type Viewable } from "./content.ts";
import { readTable } from "./read-table.ts";
import { tablePreview } from "./table-preview.ts";

/** However large a file is, no more of it is shown. */
const shown = 128 * 1024;

// Without `html`, its default, what looks like markup in a text stays a text.
const markdown = new MarkdownIt({ linkify: true });

/** An artifact's content to look at; what it is decides how. */
export async function preview(artifact: Viewable, within: string, content: Content): Promise<Html> {
  switch (content.kind) {
    case "absent":
      return empty("Its content is not on this machine.");
    case "folder":
      return folder(artifact, within, content);
    case "file":
      return html`<div class="preview">${await file(artifact, within, content)}</div>
<p class="more"><a href="${contentPath(artifact, within)}" download>Download</a> <span class="quiet">${bytes(content.size)}</span></p>`;
  }
}

export function contentPath({ name }: Pick<Viewable, "name">, within: string): string {
  return `${pathOf(name)}/content${query({ path: within })}`;
}

async function file(
  artifact: Viewable,
  within: string,
  { file: path, form, size }: Extract<Content, { kind: "file" }>,
): Promise<Html> {
  const address = contentPath(artifact, within);
  switch (form) {
    case "html":
      return html`<iframe id="frame-${address}" title="${artifact.displayName}" src="${address}" sandbox="allow-scripts" loading="lazy"></iframe>`;
    case "image":
      return html`<img src="${address}" alt="${artifact.displayName}" loading="lazy">`;
    case "binary":
      return empty("No text, so there is nothing to read here.");
  }
  const head = await readHead(path, shown);
  const cut = size > head.length && html`<p class="quiet">The first ${bytes(head.length)} of ${bytes(size)}.</p>`;
  const text = head.toString("utf8");
  const read = form === "table" ? readTable(path, text, size > head.length) : null;
  if (read !== null) return tablePreview(artifact.displayName, read);
  if (form === "markdown") return html`<div class="markdown">${new Html(markdown.render(text))}</div>${cut}`;
  return html`<pre tabindex="0">${form === "json" ? indented(text) : text}</pre>${cut}`;
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Several values, one a line, or a part of one.
    return text;
  }
}

function folder(artifact: Viewable, within: string, { entries, more }: Extract<Content, { kind: "folder" }>): Html {
  if (entries.length === 0) return empty("An empty folder.");
  const items = entries.map(({ name, size }) => {
    const path = within === "" ? name : `${within}/${name}`;
    const link = html`<a href="${pathOf(artifact.name)}${query({ path })}">${name}${size === null && "/"}</a>`;
    return html`<li>${link}${size !== null && html` <span class="quiet">${bytes(size)}</span>`}</li>`;
  });
  return html`<ul class="files">${items}</ul>${more && html`<p class="quiet">… and more</p>`}`;
}
