import { flow, type Stream } from "../charts/flow.ts";
import { count, type Html, html, percent } from "../html.ts";
import { type Report, type Section, splitNames } from "../report.ts";

const mostSources = 6;
const mostReasons = 5;

/** Rows in, rows out, and what became of the others. */
export function overview({ manifest }: Report): Section {
  const read = manifest.sources.reduce((sum, { rows }) => sum + rows, 0);
  const kept = splitNames.reduce((sum, split) => sum + manifest.splits[split].rows, 0);
  const { withinSplits, acrossSplits } = manifest.duplicates;
  const aside = manifest.rejected.reduce((sum, { rows }) => sum + rows, 0);
  const tiles = [
    tile("Rows read", count(read), `${count(manifest.sources.length)} files`),
    tile("Rows kept", count(kept), `${percent(kept / Math.max(1, read))} of them`),
    ...splitNames.map((split) =>
      tile(split, count(manifest.splits[split].rows), percent(manifest.splits[split].rows / Math.max(1, kept)), split),
    ),
    tile(
      "Duplicates",
      count(withinSplits + acrossSplits),
      acrossSplits > 0 ? `${count(acrossSplits)} across splits` : "removed",
    ),
    tile("Kept aside", count(aside), aside === 0 ? "nothing was wrong" : `${manifest.rejected.length} reasons`),
  ];
  return {
    id: "overview",
    title: "Overview",
    lead: "What came in, what is learnt from, and what became of the rest. The thicker, the more rows.",
    body: html`<div class="tiles">${tiles}</div><div class="card"><div class="scroll">${flow(sourcesOf(manifest), outcomesOf(manifest))}</div></div>`,
  };
}

function tile(name: string, value: string, note: string, dot: string | null = null): Html {
  const mark = dot === null ? null : html`<span class="dot ${dot}"></span>`;
  return html`<div class="tile"><div class="name">${mark}${name}</div><div class="value">${value}</div><div class="note">${note}</div></div>`;
}

function sourcesOf({ sources }: Report["manifest"]): Stream[] {
  const streams = sources
    .filter(({ rows }) => rows > 0)
    .map(({ uri, rows }): Stream => ({ name: uri.split("/").slice(-1)[0] ?? uri, rows, kind: "source" }))
    .sort((left, right) => right.rows - left.rows);
  return together(streams, mostSources, "more files");
}

function outcomesOf(manifest: Report["manifest"]): Stream[] {
  const lost = manifest.rejected.map(({ reason, rows }): Stream => ({ name: reason, rows, kind: "lost" }));
  const { withinSplits, acrossSplits } = manifest.duplicates;
  const streams: Stream[] = [
    ...splitNames.map((split): Stream => ({ name: split, rows: manifest.splits[split].rows, kind: split })),
    { name: "exact duplicates", rows: withinSplits + acrossSplits, kind: "lost" },
    { name: "left out by sampling", rows: manifest.sampledOut ?? 0, kind: "lost" },
    ...together(
      lost.toSorted((left, right) => right.rows - left.rows),
      mostReasons,
      "more reasons",
    ),
  ];
  return streams.filter(({ rows }) => rows > 0);
}

function together(streams: readonly Stream[], most: number, rest: string): Stream[] {
  if (streams.length <= most) return [...streams];
  const others = streams.slice(most - 1);
  const rows = others.reduce((sum, stream) => sum + stream.rows, 0);
  const kind = others[0]?.kind ?? "lost";
  return [...streams.slice(0, most - 1), { name: `${others.length} ${rest}`, rows, kind }];
}
