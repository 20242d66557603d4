import { escapeXml } from "../../../specs/graph/index.ts";

/** Markup that is safe to send. Only {@link html} makes it, which escapes whatever is put into it. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in markup; nothing, and what is not so (`false`), leaves no trace. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** Markup as it is written, with every text in it escaped, in attributes too (which must be quoted). */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let markup = parts[0] ?? "";
  for (const [index, content] of contents.entries()) markup += render(content) + (parts[index + 1] ?? "");
  return new Html(markup);
}

export const nothing: Html = new Html("");

function render(content: Content): string {
  if (content instanceof Html) return content.markup;
  if (typeof content === "string") return escapeXml(content);
  if (typeof content === "number") return String(content);
  if (content === null || content === undefined || content === false) return "";
  return content.map(render).join("");
}
