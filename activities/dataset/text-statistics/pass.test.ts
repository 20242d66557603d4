import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Prepared, plannedRecipe, prepare, type Row, source, writeRows } from "../testing.ts";
import { languageOf } from "./language.ts";
import { type Counted, describeLengths, shareLonger } from "./lengths.ts";
import { truncationAt } from "./truncation.ts";

/** One token a word, between two special ones; cut at eight and padded to eight unless that is turned off. */
const tokenizer = JSON.stringify({
  version: "1.0",
  truncation: { direction: "Right", max_length: 8, strategy: "LongestFirst", stride: 0 },
  padding: {
    strategy: { Fixed: 8 },
    direction: "Right",
    pad_to_multiple_of: null,
    pad_id: 0,
    pad_type_id: 0,
    pad_token: "[UNK]",
  },
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: "Whitespace" },
  post_processor: { type: "BertProcessing", sep: ["[SEP]", 2], cls: ["[CLS]", 1] },
  decoder: null,
  model: { type: "WordLevel", vocab: { "[UNK]": 0, "[CLS]": 1, "[SEP]": 2 }, unk_token: "[UNK]" },
});

const row = (words: number, index: number): Row => ({
  text: `${Array.from({ length: words }, () => "word").join(" ")} n${index}`,
  label: index % 4 === 0 ? "few" : "many",
});
const rows = Array.from({ length: 60 }, (_, index) => row(index % 4 === 0 ? 2 : 20, index));

function prepared(
  given: readonly Row[],
  options: { buckets?: number; sample?: number; model?: boolean } = {},
): Promise<Prepared> {
  return prepare(
    async (folder) => {
      const baseModel = join(folder, "model");
      await mkdir(baseModel);
      if (options.model !== false) await writeFile(join(baseModel, "tokenizer.json"), tokenizer);
      const recipe = plannedRecipe({ statistics: { rows: options.sample ?? 100_000 } });
      return { recipe, sources: [source([await writeRows(folder, "rows.jsonl", given)])], passes: { baseModel } };
    },
    options.buckets === undefined ? {} : { buckets: options.buckets },
  );
}

describe("text statistics", { timeout: 60_000 }, () => {
  test("count characters, words and tokens of every row, by split and label", async () => {
    const { manifest, rows: there } = await prepared(rows, { buckets: 4 });
    const { text, tokens } = manifest.statistics ?? {};
    for (const split of ["train", "validation", "test"] as const) {
      const texts = there.filter((one) => one["split"] === split).map((one) => String(one["text"]));
      expect(text?.splits[split]?.characters).toMatchObject({
        rows: texts.length,
        total: texts.join("").length,
        maximum: Math.max(...texts.map(({ length }) => length)),
      });
      const words = texts.reduce((sum, one) => sum + one.split(" ").length, 0);
      expect(text?.splits[split]?.words).toMatchObject({ rows: texts.length, total: words, minimum: 3, maximum: 21 });
      expect(tokens?.splits[split]).toMatchObject({ rows: texts.length, total: words + 2 * texts.length });
    }
    expect(text?.labels.map(({ label, words }) => [label, words])).toEqual([
      ["many", 21],
      ["few", 3],
    ]);
    expect(tokens?.labels.map(({ label, tokens: mean }) => [label, mean])).toEqual([
      ["many", 23],
      ["few", 5],
    ]);
    expect(tokens?.longer.slice(0, 2)).toEqual([
      { tokens: 16, share: 0.75 },
      { tokens: 32, share: 0 },
    ]);
    const inTrain = there.filter((one) => one["split"] === "train");
    const longer = inTrain.filter((one) => String(one["text"]).split(" ").length > 5).length / inTrain.length;
    expect(truncationAt(tokens, 7)).toEqual({ maxLength: 7, atLeast: longer, atMost: longer });
    expect([text?.sampled, tokens?.sampled]).toEqual([60, 60]);
  });

  test("are the same in however many pieces and whatever order, also of a sample", async () => {
    const many = Array.from({ length: 1500 }, (_, index) => row(index % 30, index));
    const one = await prepared(many, { buckets: 1, sample: 1000 });
    const other = await prepared(many.toReversed(), { buckets: 4, sample: 1000 });
    expect(other.manifest.statistics).toEqual(one.manifest.statistics);
    const sampled = one.manifest.statistics?.tokens?.sampled ?? 0;
    expect(Math.abs(sampled - 1000)).toBeLessThan(100);
    const { characters, words } = one.manifest.statistics?.text?.splits["train"] ?? {};
    expect(characters?.rows).toBe(one.manifest.splits.train.rows);
    expect(words?.rows).toBe(one.manifest.statistics?.tokens?.splits["train"]?.rows);
  });

  test("have no tokens where the model has no tokenizer", async () => {
    const { manifest } = await prepared(rows, { model: false });
    expect(manifest.statistics?.tokens).toBeUndefined();
    expect(manifest.statistics?.text).toBeDefined();
  });

  test("tell languages, and where they cannot be told", async () => {
    const texts = {
      de: "Die Katze sitzt auf der Fensterbank und schaut den Vögeln im Garten zu.",
      en: "The cat sits on the window sill and watches the birds in the garden.",
      fr: "Le chat est assis sur le rebord de la fenêtre et regarde les oiseaux du jardin.",
      es: "El gato está sentado en el alféizar y mira los pájaros del jardín.",
      ja: "猫は窓辺に座って庭の鳥を眺めています。",
      ru: "Кошка сидит на подоконнике и смотрит на птиц в саду.",
      und: "1234 5678",
    };
    for (const [language, text] of Object.entries(texts)) expect([text, languageOf(text)]).toEqual([text, language]);
    const german = Array.from(
      { length: 40 },
      (_, index): Row => ({ text: `${texts.de} Nummer ${index}`, label: index % 2 === 0 ? "a" : "b" }),
    );
    const english = Array.from(
      { length: 20 },
      (_, index): Row => ({ text: `${texts.en} Number ${index}`, label: index % 2 === 0 ? "a" : "b" }),
    );
    const { manifest } = await prepared([...german, ...english]);
    expect(manifest.statistics?.text?.languages.map(({ language, rows: count }) => [language, count])).toEqual([
      ["de", 40],
      ["en", 20],
    ]);
  });
});

test("lengths are described as by sorting all of them", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { minLength: 1 }), fc.nat(500), (values, limit) => {
      const sorted = values.toSorted((left, right) => left - right);
      const counted: Counted[] = [...Map.groupBy(sorted, (value) => value)].map(([value, same]) => ({
        value,
        rows: same.length,
      }));
      const { quantiles, histogram, mean } = describeLengths(counted);
      expect(quantiles["0.5"]).toBe(sorted[Math.ceil(0.5 * sorted.length) - 1]);
      expect(mean).toBeCloseTo(sorted.reduce((sum, value) => sum + value, 0) / sorted.length);
      expect(histogram.edges).toHaveLength(histogram.counts.length + 1);
      for (const [bin, count] of histogram.counts.entries()) {
        const [from = 0, to = 0] = histogram.edges.slice(bin, bin + 2);
        expect(count).toBe(sorted.filter((value) => value >= from && value < to).length);
      }
      expect(shareLonger(counted, limit)).toBe(sorted.filter((value) => value > limit).length / sorted.length);
    }),
  );
});
