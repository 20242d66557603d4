import { driftSentence, worst } from "../drift/drift.ts";
import { count, Html, html } from "./html.ts";
import type { Report, Section } from "./report.ts";
import { contamination } from "./sections/contamination.ts";
import { drift } from "./sections/drift.ts";
import { duplicates } from "./sections/duplicates.ts";
import { labels } from "./sections/labels.ts";
import { overview } from "./sections/overview.ts";
import { rejected } from "./sections/rejected.ts";
import { samples } from "./sections/samples.ts";
import { sources } from "./sections/sources.ts";
import { texts } from "./sections/texts.ts";
import { style } from "./style.ts";

const parts: readonly ((report: Report) => Section | null)[] = [
  overview,
  drift,
  labels,
  texts,
  samples,
  duplicates,
  contamination,
  rejected,
  sources,
];

/** A page of its own, which needs no network and runs no script. The same report gives the same bytes. */
export function renderReport(report: Report): string {
  const { manifest } = report;
  const sections = parts.map((part) => part(report)).filter((section) => section !== null);
  const kept = Object.values(manifest.splits).reduce((sum, { rows }) => sum + rows, 0);
  const title = "Prepared data";
  const chip =
    report.drift === null
      ? null
      : html` · <span class="chip ${worst(report.drift)}">${driftSentence(report.drift)}</span>`;
  const page = html`<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>${title}</title><style>${styleSheet}</style></head><body><main>
<header><h1>${title}</h1><p class="about"><b>${manifest.task}</b> · ${count(kept)} rows${manifest.labels.length === 0 ? null : html` · ${count(manifest.labels.length)} labels`}${manifest.slices.length === 0 ? null : html` · sliced by ${manifest.slices.join(", ")}`}${chip}</p></header>
<nav>${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
${sections.map(({ id, title, lead, body }) => html`<section id="${id}"><h2>${title}</h2><p class="lead">${lead}</p>${body}</section>`)}
<footer>Made by Retemper from manifest.json, which says the same for programs.</footer>
</main></body></html>`;
  return `<!doctype html>\n${page.text}\n`;
}

const styleSheet = new Html(style);
