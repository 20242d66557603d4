import type { Card } from "../diagram/diagram.ts";
import type { Tone } from "./theme.ts";

/** Drawn in a square of 20, with lines. */
const paths: Readonly<Record<Card["runs"], string>> = {
  // A crate.
  container: "M3 6.5 10 3l7 3.5v7L10 17l-7-3.5zM3 6.5 10 10l7-3.5M10 10v7",
  // Two brackets and what is between them.
  python: "M7 4C4.5 4 6.5 9 3.5 10c3 1 1 6 3.5 6M13 4c2.5 0 .5 5 3.5 6-3 1-1 6-3.5 6",
  typescript: "M7 5 2.5 10 7 15M13 5l4.5 5-4.5 5M11.5 4 8.5 16",
  "google-cloud": "M6 15.5h8.5a3.3 3.3 0 0 0 .6-6.5A5 5 0 0 0 5.6 8.2 3.7 3.7 0 0 0 6 15.5z",
  // A chip.
  "custom-job": "M6 6h8v8H6zM8.5 8.5h3v3h-3zM8 3v3M12 3v3M8 14v3M12 14v3M3 8h3M3 12h3M14 8h3M14 12h3",
  importer: "M10 3v9M6.5 8.5 10 12l3.5-3.5M4 13v3h12v-3",
  nothing: "M5 10h10",
  // Sheets one behind the other.
  group: "M3.5 9h10v7h-10zM6 6h10v7M8.5 3H18v7",
};

export const toneOf: Readonly<Record<Card["runs"], Tone>> = {
  container: "blue",
  python: "amber",
  typescript: "blue",
  "google-cloud": "teal",
  "custom-job": "violet",
  importer: "green",
  nothing: "quiet",
  group: "blue",
};

/** What a task runs, for who points at its icon. */
export const nameOf: Readonly<Record<Card["runs"], string>> = {
  container: "Container",
  python: "Python function",
  typescript: "TypeScript function",
  "google-cloud": "Google Cloud component",
  "custom-job": "CustomJob",
  importer: "Importer",
  nothing: "Nothing",
  group: "Tasks",
};

export function icon(runs: Card["runs"], x: number, y: number): string {
  const tone = toneOf[runs];
  return (
    `<g transform="translate(${x} ${y})"><title>${nameOf[runs]}</title>` +
    `<rect x="-5" y="-5" width="30" height="30" rx="8" class="fill-${tone}" fill-opacity=".13"/>` +
    `<path d="${paths[runs]}" fill="none" class="stroke-${tone}" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></g>`
  );
}
