import { type Content, type Html, html } from "./html.ts";
import { iconSymbols } from "./state.ts";

/** A page, as a function of what the server knows: made anew, it shows what has changed. */
export interface View {
  readonly title: string;
  /** Which part of the page it belongs to. */
  readonly area: Area | null;
  /** `wide` takes the whole window, without margins. */
  readonly layout: "list" | "wide";
  readonly main: Html;
}

export type Area =
  | "pipelineJobs"
  | "schedules"
  | "customJobs"
  | "hyperparameterTuningJobs"
  | "batchPredictionJobs"
  | "models"
  | "endpoints"
  | "metadata";

const areas: Readonly<Record<Area, string>> = {
  pipelineJobs: "Pipelines",
  schedules: "Schedules",
  customJobs: "Custom jobs",
  hyperparameterTuningJobs: "Tuning",
  batchPredictionJobs: "Batch",
  models: "Models",
  endpoints: "Endpoints",
  metadata: "Metadata",
};

/** @param live whether there is an event stream at its address */
export function renderDocument({ title, area, layout, main }: View, live = true): string {
  const navigation = Object.entries(areas).map(
    ([key, name]) => html`<a href="/${key}"${key === area && current}>${name}</a>`,
  );
  return html`<!doctype html>
<html lang="en" class="retemper">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Local Vertex</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/theme.js"></script>
${live && html`<script type="module" src="/assets/page.js"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${iconSymbols}
<header class="bar">
<a class="name" href="/"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 5.5 12 20l8-14.5M8 5.5l4 7 4-7"/></svg>Local Vertex</a>
<nav aria-label="Main">${navigation}</nav>
<button id="theme" type="button" aria-label="Light or dark" title="Light or dark"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2a6 6 0 1 0 0 12z" class="solid"/><circle cx="8" cy="8" r="6"/></svg></button>
</header>
<p id="offline" role="status" hidden>Local Vertex doesn’t answer. Trying again…</p>
<main id="main" class="${layout}" tabindex="-1">${main}</main>
</body>
</html>
`.markup;
}

const current: Content = html` aria-current="page"`;
