import type { Lengths } from "../../../../trainer/contract/generated/contract.ts";
import { truncationAt } from "../../text-statistics/truncation.ts";
import { cutSentence, histogram } from "../charts/histogram.ts";
import { count, type Html, html, percent } from "../html.ts";
import type { Report, Section } from "../report.ts";

const mostLanguages = 12;

/** How long texts are, and in which languages; null where nobody counted. */
export function texts({ manifest, maxLength }: Report): Section | null {
  const { text, tokens } = manifest.statistics ?? {};
  const characters = text?.splits["train"]?.characters;
  const words = text?.splits["train"]?.words;
  const tokenLengths = tokens?.splits["train"];
  if (text === undefined && tokenLengths === undefined) return null;
  const truncation = maxLength === null ? null : truncationAt(tokens, maxLength);
  const plots = [
    plot("Tokens, by the model's own tokenizer", tokenLengths, "tokens", maxLength),
    plot("Words", words, "words", null),
    plot("Characters", characters, "characters", null),
  ];
  return {
    id: "texts",
    title: "Texts",
    lead: "Lengths and languages of the training rows. A last bin has all that is much longer than the rest.",
    body: html`${truncation === null ? null : cutSentence(truncation)}<div class="grid charts">${plots}${text === undefined ? null : languages(text.languages, text.sampled)}</div>`,
  };
}

function plot(title: string, lengths: Lengths | undefined, unit: string, cut: number | null): Html | null {
  if (lengths === undefined || lengths.rows === 0) return null;
  return html`<div class="card"><h3>${title}</h3>${histogram(lengths, unit, cut)}</div>`;
}

function languages(all: readonly { readonly language: string; readonly rows: number }[], sampled: number): Html | null {
  if (all.length === 0) return null;
  const sorted = all.toSorted((left, right) => right.rows - left.rows || (left.language < right.language ? -1 : 1));
  const largest = Math.max(1, ...sorted.map(({ rows }) => rows));
  const total = Math.max(
    1,
    sorted.reduce((sum, { rows }) => sum + rows, 0),
  );
  return html`<div class="card"><h3>Languages of ${count(sampled)} rows</h3><div class="scroll"><table>${sorted
    .slice(0, mostLanguages)
    .map(
      ({ language, rows }) =>
        html`<tr><td>${languageName(language)}</td><td class="bar"><div class="meter"><i style="width:${(100 * rows) / largest}%"></i></div></td><td class="number">${percent(rows / total)}</td></tr>`,
    )}</table></div>${sorted.length > mostLanguages ? html`<p class="empty">and ${sorted.length - mostLanguages} more</p>` : null}</div>`;
}

const languageNames = new Intl.DisplayNames("en", { type: "language", fallback: "code" });

function languageName(code: string): string {
  if (code === "und") return "not clear";
  try {
    return languageNames.of(code) ?? code;
  } catch {
    return code;
  }
}
