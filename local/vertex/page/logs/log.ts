import { statSync } from "node:fs";
import { bytes } from "../format.ts";
import { type Html, html } from "../html.ts";
import { query } from "../links.ts";
import type { Query } from "../live.ts";
import { empty } from "../parts.ts";
import { logFile, type Stream, streams } from "./routes.ts";

export interface Log {
  /** Address that {@link answerLog} answers at, with the query that names whose log it is. */
  readonly path: string;
  readonly source: Readonly<Record<string, string>>;
  /** Of its processes, the earliest first. */
  readonly folders: readonly string[];
  readonly live: boolean;
  readonly failed: boolean;
}

/**
 * What processes wrote, one stream at a time; the address of the page says which. The browser fills it and follows.
 *
 * @param here query of the page that it stands in
 */
export function logView({ path, source, folders, live, failed }: Log, here: Query): Html {
  if (folders.length === 0) return empty(live ? "No process has begun." : "It ran no process, so there is no log.");
  const asked = Number(here.get("process"));
  const process = asked >= 1 && asked <= folders.length ? asked : folders.length;
  const folder = folders[process - 1] ?? "";
  const sizes = { stdout: sizeOf(logFile(folder, "stdout")), stderr: sizeOf(logFile(folder, "stderr")) };
  const stream = streams.find((known) => known === here.get("stream")) ?? usual(sizes, failed);
  const to = (change: Readonly<Record<string, string | number>>) =>
    query({ ...Object.fromEntries(here), process: asked || undefined, stream: undefined, ...change });
  const address = (more: Readonly<Record<string, string>>) =>
    `${path}${query({ ...source, process, stream, ...more })}`;
  const mark = html` aria-current="true"`;
  return html`<div class="log">
<div class="tools">
<nav class="tabs" aria-label="Stream">${(["stdout", "stderr"] as const).map(
    (name) =>
      html`<a href="${to({ stream: name })}"${name === stream && mark}>${name}${sizes[name] > 0 && html` <small>${bytes(sizes[name])}</small>`}</a>`,
  )}</nav>
${
  folders.length > 1 &&
  html`<nav class="tabs" aria-label="Process">${folders.map(
    (_folder, index) =>
      html`<a href="${to({ process: index + 1 })}"${index + 1 === process && mark}>try ${index + 1}</a>`,
  )}</nav>`
}
<a class="download" href="${address({ download: "yes" })}">Download</a>
</div>
<log-view id="log-${address({})}" src="${address({})}"></log-view>
</div>`;
}

function usual(sizes: Readonly<Record<Stream, number>>, failed: boolean): Stream {
  if (failed && sizes.stderr > 0) return "stderr";
  return sizes.stdout === 0 && sizes.stderr > 0 ? "stderr" : "stdout";
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
