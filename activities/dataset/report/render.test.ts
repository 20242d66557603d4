import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../../trainer/contract/generated/contract.ts";
import { validateManifest } from "../../../trainer/contract/generated/validate.js";
import type { Drift } from "../drift/drift.ts";
import { brief, count, html, percent } from "./html.ts";
import { renderReport } from "./render.ts";
import type { Report } from "./report.ts";

const shard = { path: "train/part-00000.parquet", rows: 6, sha256: "0".repeat(64) };
const lengths = {
  rows: 6,
  total: 90,
  mean: 15,
  minimum: 3,
  maximum: 40,
  quantiles: { "0.5": 12, "0.95": 38 },
  histogram: { edges: [0, 8, 16, 32, 64], counts: [1, 3, 1, 1] },
};

/** A report with everything in it; every text that comes from somebody is `text`. */
function reportWith(text: string): Report {
  const split = { rows: 6, shards: [shard], labelCounts: { [text]: 4, other: 2 } };
  const manifest: Manifest = {
    schemaVersion: 1,
    task: "text-classification",
    labels: [text, "other"],
    slices: [text],
    splits: { train: split, validation: split, test: { ...split, labelCounts: {} } },
    sources: [{ uri: `hf://${text}`, revision: text, rows: 30 }],
    rejected: [{ reason: text, rows: 2 }],
    rejectedShards: [shard],
    duplicates: { withinSplits: 3, acrossSplits: 1 },
    schema: [{ name: text, type: text }],
    sampledOut: 6,
    sourceRows: { [text]: { train: 3 }, other: { train: 3, test: 1 } },
    statistics: {
      nearDuplicates: {
        ...{ threshold: 0.8, shingle: 3, bands: 16, rowsPerBand: 8, pairs: 1, clusters: 1, uncompared: 0 },
        removed: [{ split: "train", kept: "test", rows: 1 }],
        examples: [{ left: text, leftSplit: text, right: text, rightSplit: "test", similarity: 0.81 }],
      },
      contamination: {
        ...{ ngram: 13, share: 0.5, removed: 1 },
        sets: [{ name: text, texts: 4, contaminated: 1 }],
        examples: [{ set: text, text, share: 0.7 }],
      },
      text: {
        splits: { train: { characters: lengths, words: lengths } },
        labels: [],
        languages: [{ language: text, rows: 6, splits: { train: 6 } }],
        sampled: 6,
      },
      tokens: {
        splits: { train: lengths },
        labels: [],
        longer: [
          { tokens: 16, share: 0.3 },
          { tokens: 32, share: 0.1 },
        ],
        sampled: 6,
      },
    },
  };
  const drift: Drift = {
    version: 1,
    champion: { uri: text, rows: 5, sampled: 5 },
    data: { uri: text, rows: 6, sampled: 6 },
    level: 0.01,
    columns: [
      {
        ...{
          column: text,
          test: "chi-squared",
          statistic: 9,
          pValue: 0.001,
          adjusted: 0.003,
          psi: 0.3,
          effect: 0.4,
          drift: "large",
        },
        bins: [
          { name: text, champion: 3, data: 6 },
          { name: "other", champion: 2, data: 0 },
        ],
      },
    ],
    labels: { appeared: [{ name: text, rows: 1 }], vanished: [{ name: text, rows: 2 }] },
    schema: { appeared: [text], vanished: [text], changed: [{ name: text, champion: text, data: text }] },
    words: { risen: [{ word: text, champion: 1, data: 5 }], fallen: [{ word: text, champion: 5, data: 1 }] },
  };
  const examples = {
    rows: [{ split: "train", label: text, text, slices: { [text]: text } }],
    rejected: [{ reason: text, source: text, row: { [text]: text } }],
  };
  return { manifest, examples, drift, maxLength: 16 };
}

/** The tree of tags with the names of their attributes: all that a browser makes of the page but its texts. */
function skeleton(page: string): string {
  const parser = new XMLParser({ ignoreAttributes: false, preserveOrder: true, processEntities: false });
  const walk = (nodes: unknown): unknown =>
    Array.isArray(nodes)
      ? nodes.flatMap((node: Record<string, unknown>) =>
          Object.entries(node).flatMap(([name, value]) =>
            name === "#text" ? [] : name === ":@" ? [Object.keys(value as object)] : [[name, walk(value)]],
          ),
        )
      : [];
  return JSON.stringify(walk(parser.parse(page.replace("<!doctype html>", ""))));
}

const plain = skeleton(renderReport(reportWith("plain")));
const nasty = fc.oneof(
  fc.constantFrom(
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>",
    "</title>",
    "]]>",
    "<!--",
    "&lt;b&gt;",
    "\u0000\u001b[31m",
    "\ud800",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom("<", ">", '"', "'", "&", "/", "=", " ", "a", ";", "!", "-", "`"),
    minLength: 1,
    maxLength: 20,
  }),
);

describe("a page", () => {
  test("is well formed, and needs nothing from anywhere", () => {
    const report = reportWith("plain");
    expect(validateManifest(report.manifest)).toBe(true);
    const page = renderReport(report);
    expect(XMLValidator.validate(page.replace("<!doctype html>", ""))).toBe(true);
    expect(page).not.toMatch(/<script|<link|@import|url\(|src=|https?:\/\//);
  });

  test("has the same markup, whatever stands in the data", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        // Words that only one text has are marked: two same texts have none.
        const page = renderReport(reportWith(`x${text}`));
        expect(XMLValidator.validate(page.replace("<!doctype html>", ""))).toBe(true);
        expect(skeleton(page)).toBe(plain);
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  test("has the same bytes for the same report, without a clock", () => {
    expect(renderReport(reportWith("a"))).toBe(renderReport(reportWith("a")));
  });

  test("is whole without statistics, drift, labels, examples and rejected rows", () => {
    const { manifest } = reportWith("plain");
    const { statistics: _, schema: __, sourceRows: ___, sampledOut: ____, rejectedShards: _____, ...old } = manifest;
    const page = renderReport({
      manifest: { ...old, labels: [], rejected: [], slices: [] },
      examples: { rows: [], rejected: [] },
      drift: null,
      maxLength: null,
    });
    expect(XMLValidator.validate(page.replace("<!doctype html>", ""))).toBe(true);
    for (const id of ["overview", "duplicates", "rejected", "sources"]) expect(page).toContain(`id="${id}"`);
    for (const id of ["drift", "labels", "texts", "samples", "contamination"]) expect(page).not.toContain(`id="${id}"`);
  });

  test("marks where texts are cut, and says how many are", () => {
    const page = renderReport(reportWith("plain"));
    expect(page).toContain("cut at 16");
    expect(page).toContain("30 % of the training texts have more than 16 tokens");
  });
});

test("numbers read well", () => {
  expect([0, 999, 12_345, 999_499, 1_234_567].map(brief)).toEqual(["0", "999", "12.3 k", "999 k", "1.2 M"]);
  expect([0, 0.0004, 0.0123, 0.5, 0.996, 0.9999, 1].map(percent)).toEqual([
    "0 %",
    "< 0.1 %",
    "1.2 %",
    "50 %",
    "99.6 %",
    "> 99.9 %",
    "100 %",
  ]);
  expect(count(1_234_567)).toBe("1,234,567");
  expect(html`<b title="${'a"b'}">${["<", 1, null, html`<i/>`]}</b>`.text).toBe('<b title="a&quot;b">&lt;1<i/></b>');
});
