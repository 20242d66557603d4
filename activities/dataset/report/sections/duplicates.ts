import { clipped, count, type Html, html, percent } from "../html.ts";
import type { Report, Section } from "../report.ts";

const mostPairs = 6;
const longest = 700;

/** Exact and near duplicates. */
export function duplicates({ manifest }: Report): Section {
  const { withinSplits, acrossSplits } = manifest.duplicates;
  const near = manifest.statistics?.nearDuplicates;
  const exact = html`<div class="tile"><div class="name">Exact, in one split</div><div class="value">${count(withinSplits)}</div><div class="note">the first one stays</div></div>
<div class="tile"><div class="name">Exact, across splits</div><div class="value">${count(acrossSplits)}</div><div class="note">training rows that were also in validation or test</div></div>`;
  if (near === undefined) {
    return {
      id: "duplicates",
      title: "Duplicates",
      lead: "Texts are the same when they differ in case, white space or Unicode form only. Near duplicates were not looked for.",
      body: html`<div class="tiles">${exact}</div>`,
    };
  }
  const removed = near.removed.reduce((sum, { rows }) => sum + rows, 0);
  return {
    id: "duplicates",
    title: "Duplicates",
    lead: `Near duplicates have ${percent(near.threshold)} of their ${near.shingle}-word shingles in common (MinHash, ${near.bands} bands of ${near.rowsPerBand}).`,
    body: html`<div class="tiles">${exact}
<div class="tile"><div class="name">Near</div><div class="value">${count(removed)}</div><div class="note">in ${count(near.clusters)} ${near.clusters === 1 ? "group" : "groups"}</div></div>
${near.removed.map(({ split, kept, rows }) => html`<div class="tile"><div class="name"><span class="dot ${split}"></span>${split}, near ${kept}</div><div class="value">${count(rows)}</div><div class="note">removed</div></div>`)}</div>
${near.examples.length === 0 ? null : html`<div class="card"><h3>The least similar pairs: does the threshold suit this data?</h3>${near.examples.slice(0, mostPairs).map(pair)}</div>`}`,
  };
}

type Pair = { left: string; leftSplit: string; right: string; rightSplit: string; similarity: number };

function pair({ left, leftSplit, right, rightSplit, similarity }: Pair): Html {
  return html`<div class="pair"><div class="meta">${percent(similarity)} alike</div>
<div class="quote ${known(leftSplit)}"><div class="meta">${leftSplit}</div><p class="text">${differing(left, right)}</p></div>
<div class="quote ${known(rightSplit)}"><div class="meta">${rightSplit}</div><p class="text">${differing(right, left)}</p></div></div>`;
}

function known(split: string): string {
  return split === "train" || split === "validation" || split === "test" ? split : "";
}

/** Words that the other text does not have are marked. */
function differing(text: string, other: string): Html[] {
  const theirs = new Set(other.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  return clipped(text, longest)
    .split(/([\p{L}\p{N}]+)/u)
    .map((piece, index) =>
      index % 2 === 1 && !theirs.has(piece.toLowerCase()) ? html`<mark>${piece}</mark>` : html`${piece}`,
    );
}
