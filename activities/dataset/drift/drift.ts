import type { DataDrift } from "../../../pipelines/retrain/run.ts";
import type { Count } from "./tests.ts";

/** How the training rows of a data set differ from the ones that the champion learnt from. */
export interface Drift {
  readonly version: number;
  readonly champion: ComparedData;
  readonly data: ComparedData;
  /** Holm's method keeps the chance of one false alarm in all tests below it. */
  readonly level: number;
  readonly columns: readonly ColumnDrift[];
  /** Labels that only one of them has, with their rows. */
  readonly labels: { readonly appeared: readonly NamedRows[]; readonly vanished: readonly NamedRows[] };
  /** Columns of the sources. */
  readonly schema: {
    readonly appeared: readonly string[];
    readonly vanished: readonly string[];
    readonly changed: readonly { readonly name: string; readonly champion: string; readonly data: string }[];
  };
  /** Words whose share changed most, by the z-score of their log odds. */
  readonly words: { readonly risen: readonly WordChange[]; readonly fallen: readonly WordChange[] };
}

export interface ComparedData {
  /** Its folder. */
  readonly uri: string;
  /** Training rows. */
  readonly rows: number;
  /** Of which so many were looked at, chosen by their ids; labels are all counted. */
  readonly sampled: number;
}

export interface NamedRows {
  readonly name: string;
  readonly rows: number;
}

export interface WordChange {
  readonly word: string;
  /** A million words. */
  readonly champion: number;
  readonly data: number;
}

export const tests = {
  "chi-squared": { title: "χ² test", effect: "Cramér's V" },
  "kolmogorov-smirnov": { title: "Kolmogorov–Smirnov test", effect: "distance of the distributions" },
  mmd: { title: "maximum mean discrepancy, permutation test", effect: "share of the spread" },
} as const;

export interface ColumnDrift {
  readonly column: string;
  readonly test: keyof typeof tests;
  readonly statistic: number;
  readonly pValue: number;
  /** By Holm's method. */
  readonly adjusted: number;
  /** Population stability index; null for texts. */
  readonly psi: number | null;
  /** What `tests` calls the effect: it does not grow with the number of rows. */
  readonly effect: number;
  readonly drift: Verdict;
  /** Categories, or ranges in their order. */
  readonly bins: readonly Count[];
}

export const verdicts = ["none", "moderate", "large"] as const;
export type Verdict = (typeof verdicts)[number];

/** With many rows every difference is significant: a drift is one that is, and that is large enough to matter. */
export const level = 0.01;
/** The usual reading of the index: below 0.1 none, above 0.25 large. (Siddiqi 2006) */
const psiLimits = { moderate: 0.1, large: 0.25 };
/** Small and medium effects in Cohen's terms: shares of the variance of 1 % and 6 %. (Cohen 1988) */
const textLimits = { moderate: 0.01, large: 0.06 };

export function verdictOf({ adjusted, psi, effect }: Pick<ColumnDrift, "adjusted" | "psi" | "effect">): Verdict {
  if (adjusted >= level) return "none";
  const [value, limits] = psi === null ? [effect, textLimits] : [psi, psiLimits];
  if (value >= limits.large) return "large";
  return value >= limits.moderate ? "moderate" : "none";
}

/** The strongest of all columns'; a label that appeared or vanished is a large one. */
export function worst({ columns, labels }: Drift): Verdict {
  if (labels.appeared.length + labels.vanished.length > 0) return "large";
  return (
    columns.map(({ drift }) => drift).sort((left, right) => verdicts.indexOf(right) - verdicts.indexOf(left))[0] ??
    "none"
  );
}

/** What a gate holds against its bounds. */
export function significantShifts({ columns }: Drift): NonNullable<DataDrift["shifts"]> {
  return columns
    .filter(({ adjusted }) => adjusted < level)
    .map(({ column, psi, effect }) =>
      psi === null ? { column, measure: "textDistance", value: effect } : { column, measure: "index", value: psi },
    );
}

/** One line for people. */
export function driftSentence(drift: Drift): string {
  const moved = drift.columns
    .filter((column) => column.drift !== "none")
    .map(
      ({ column, drift, psi, effect }) =>
        `${column} ${drift} (${psi === null ? `effect ${effect.toFixed(3)}` : `PSI ${psi.toFixed(2)}`})`,
    );
  const { appeared, vanished } = drift.labels;
  const parts = [
    ...moved,
    ...(appeared.length > 0 ? [`new labels: ${names(appeared)}`] : []),
    ...(vanished.length > 0 ? [`labels gone: ${names(vanished)}`] : []),
  ];
  return parts.length === 0
    ? "no drift from the champion's data"
    : `drift from the champion's data: ${parts.join(", ")}`;
}

function names(labels: readonly NamedRows[]): string {
  const shown = labels.slice(0, 5).map(({ name }) => name);
  return [...shown, ...(labels.length > 5 ? [`${labels.length - 5} more`] : [])].join(", ");
}
