import type { Manifest } from "../../../trainer/contract/generated/contract.ts";
import type { Drift } from "../drift/drift.ts";
import type { Html } from "./html.ts";

/** All that a report shows. */
export interface Report {
  readonly manifest: Manifest;
  readonly examples: Examples;
  /** From the data that the champion learnt from; null where nothing was compared. */
  readonly drift: Drift | null;
  /** Tokens after which the training cuts texts; null where it is not known. */
  readonly maxLength: number | null;
}

/** A few rows, which people look at: `examples.json` beside the manifest. */
export interface Examples {
  readonly rows: readonly ExampleRow[];
  readonly rejected: readonly RejectedExample[];
}

export interface ExampleRow {
  readonly split: string;
  readonly label: string;
  readonly text: string;
  readonly slices: Readonly<Record<string, string>>;
}

export interface RejectedExample {
  readonly reason: string;
  readonly source: string;
  /** Columns → values, as text. */
  readonly row: Readonly<Record<string, string>>;
}

/** A part of the report. */
export interface Section {
  /** Of its place in the page. */
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly body: Html;
}

export const splitNames = ["train", "validation", "test"] as const;
