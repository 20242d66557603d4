import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bandsFor, probabilityOfComparison } from "./bands.ts";
import { GroupComparison } from "./compare.ts";
import { Components } from "./components.ts";
import { jaccard, Shingler, shingleSet } from "./shingles.ts";
import { bandKeys, sketch } from "./sketch.ts";
import { randomWords, similarityOf } from "./testing.ts";

describe("shingles", () => {
  const setOf = (text: string, size: number): Float64Array => shingleSet(new Shingler(size).of(text));

  test("are the runs of words, whatever case, punctuation, spaces and Unicode form", () => {
    const same = setOf("The CAFÉ is open", 2);
    expect(setOf("the  cafe\u0301, is\nopen!", 2)).toEqual(same);
    expect(same).toHaveLength(3);
    expect(setOf("open is the café", 2)).not.toEqual(same);
  });

  test("of a text of fewer words are one, of a text without words none", () => {
    expect(setOf("just three words", 5)).toHaveLength(1);
    expect(setOf("just three words", 5)).not.toEqual(setOf("just three other", 5));
    expect(setOf("… !!", 5)).toHaveLength(0);
  });

  test("take each letter of a script without blanks as a word", () => {
    expect(setOf("機械学習の本", 2)).toHaveLength(5);
    expect(jaccard(setOf("機械学習の本", 2), setOf("機械学習の木", 2))).toBeCloseTo(4 / 6);
  });

  test("give the Jaccard index that counting the words themselves gives", () => {
    const word = fc.constantFrom("a", "b", "c", "Ab", "ß", "7", "ü");
    const text = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 4 }), (left, right, size) => {
        expect(jaccard(setOf(left, size), setOf(right, size))).toBeCloseTo(similarityOf(left, right, size), 12);
      }),
    );
  });

  test("are refused below a threshold, and only there", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20)),
        fc.array(fc.nat(20)),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, other, least) => {
          const [left, right] = [one, other].map((set) => Float64Array.from(new Set(set)).sort());
          if (left === undefined || right === undefined || left.length + right.length === 0) return;
          const similarity = jaccard(left, right);
          expect(jaccard(left, right, least)).toBe(similarity < least ? -1 : similarity);
        },
      ),
    );
  });
});

describe("a sketch", () => {
  const size = 128;
  const sketchOf = (text: string, shingle: number): Float64Array => {
    const values = new Float64Array(size);
    sketch(new Shingler(shingle).of(text), values);
    return values;
  };

  test("is of the set, not of its order or repetitions", () => {
    expect(sketchOf("c a b b a", 1)).toEqual(sketchOf("a b c", 1));
  });

  test.each([20, 120])("of %i words has as many values in common as the Jaccard index says", (length) => {
    const random = randomWords(length);
    for (const kept of [0.95, 0.8, 0.5, 0.2]) {
      let equal = 0;
      let expected = 0;
      const pairs = 300;
      for (let pair = 0; pair < pairs; pair++) {
        const words = random.text(length).split(" ");
        const other = words.map((word, index) => (index < kept * length ? word : random.word()));
        const [left, right] = [words.join(" "), other.join(" ")];
        const [one, another] = [sketchOf(left, 1), sketchOf(right, 1)];
        equal += one.filter((value, index) => value === another[index]).length / size;
        expected += similarityOf(left, right, 1);
      }
      expect(Math.abs(equal - expected) / pairs).toBeLessThan(0.015);
    }
  });

  test.each([
    { length: 24, threshold: 0.8 },
    { length: 120, threshold: 0.8 },
    { length: 120, threshold: 0.5 },
  ])(
    "of $length words is found by its bands with the probability of the curve, at $threshold",
    ({ length, threshold }) => {
      const cut = bandsFor(threshold, size);
      const random = randomWords(7 * length);
      for (const changed of [1, 2, 4, 8, 16].filter((words) => words < length / 2)) {
        let found = 0;
        let expected = 0;
        const pairs = 600;
        for (let pair = 0; pair < pairs; pair++) {
          const words = random.text(length).split(" ");
          const other = words.map((word, index) => (index < changed ? random.word() : word));
          const [left, right] = [words.join(" "), other.join(" ")];
          const keys = bandKeys(sketchOf(left, 1), cut);
          if (bandKeys(sketchOf(right, 1), cut).some((key, band) => key === keys[band])) found++;
          expected += probabilityOfComparison(similarityOf(left, right, 1), cut);
        }
        // Four standard deviations of a share of 600, and what small sets lose.
        expect(Math.abs(found - expected) / pairs).toBeLessThan(0.09);
      }
    },
  );
});

describe("bands", () => {
  test("find nine of ten pairs at the threshold, and nearly all above", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 0.95, noNaN: true }), fc.constantFrom(64, 128, 256), (threshold, size) => {
        const cut = bandsFor(threshold, size);
        expect(cut.bands * cut.rows).toBeLessThanOrEqual(size);
        expect(probabilityOfComparison(threshold, cut)).toBeGreaterThanOrEqual(0.9);
      }),
    );
    expect(bandsFor(0.8, 128)).toEqual({ bands: 16, rows: 8 });
  });
});

describe("a group", () => {
  const member = (id: string, ...shingles: number[]) => ({ id, shingles: Float64Array.from(shingles) });

  test("connects rows that are similar, also by way of others, and no others", () => {
    const group = new GroupComparison(0.5);
    expect(group.add(member("a", 1, 2, 3))).toEqual([]);
    expect(group.add(member("b", 3, 4, 5))).toEqual([]);
    expect(group.add(member("c", 9))).toEqual([]);
    expect(group.add(member("d", 1, 2, 3, 4, 5)).map(({ left }) => left)).toEqual(["a", "b"]);
    expect(group.add(member("e", 3, 4, 5, 6)).map(({ left, similarity }) => [left, similarity])).toEqual([["b", 0.75]]);
  });

  test("of more rows than are kept says which went uncompared", () => {
    const group = new GroupComparison(0.5);
    for (let row = 0; row < 1030; row++) group.add(member(String(row), row));
    expect(group.unkept).toBe(6);
    expect(group.add(member("like the first", 0))).toHaveLength(1);
  });
});

test("components are those of the graph, in whatever order edges come", () => {
  const edges = fc.array(fc.tuple(fc.nat(29), fc.nat(29)), { maxLength: 40 });
  fc.assert(
    fc.property(edges, fc.infiniteStream(fc.nat()), (pairs, stream) => {
      const of = (list: readonly (readonly [number, number])[]): number[] => {
        const components = new Components(30);
        for (const [one, other] of list) components.connect(one, other);
        return Array.from({ length: 30 }, (_, number) => components.of(number));
      };
      const found = of(pairs);
      const shuffled = pairs.map((pair) => ({ pair, key: Number(stream.next().value) })).sort((a, b) => a.key - b.key);
      expect(of(shuffled.map(({ pair }) => pair))).toEqual(found);
      // By walking the graph.
      for (let start = 0; start < 30; start++) {
        const seen = new Set([start]);
        for (let grown = true; grown; ) {
          grown = false;
          for (const [one, other] of pairs) {
            if (seen.has(one) === seen.has(other)) continue;
            seen.add(one).add(other);
            grown = true;
          }
        }
        expect(found[start]).toBe(Math.min(...seen));
      }
    }),
  );
});
