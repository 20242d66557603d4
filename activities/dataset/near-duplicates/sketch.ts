import type { Bands } from "./bands.ts";
import { mix, type WordHashes } from "./words.ts";

const two32 = 0x1_0000_0000;

/**
 * A MinHash sketch of a set: values of which each is equal in two sketches with the probability of the sets' Jaccard
 * index. By "Fast Similarity Sketching" (Dahlgaard, Knudsen, Thorup, https://arxiv.org/abs/1704.04370), which hashes an
 * element a few times in all instead of once for each value: round after round, every element falls into one place, and
 * the least one stays, until no place is empty. Equal values come from the same element.
 */
export function sketch({ low, high, count }: Readonly<WordHashes>, into: Float64Array): void {
  const size = into.length;
  into.fill(Number.POSITIVE_INFINITY);
  let empty = size;
  for (let round = 0; empty > 0 && count > 0; round++) {
    const seed = mix(round + 0x9e3779b9);
    const otherSeed = mix(seed ^ 0x5851f42d);
    const base = round * two32;
    for (let index = 0; index < count; index++) {
      const one = low[index] ?? 0;
      const place = round < size ? Math.floor(((mix(one ^ seed) >>> 0) * size) / two32) : round - size;
      const value = base + (mix((high[index] ?? 0) ^ otherSeed) >>> 0);
      const before = into[place] ?? 0;
      if (value >= before) continue;
      if (before === Number.POSITIVE_INFINITY) empty--;
      into[place] = value;
    }
  }
}

/** One key for each band of a sketch, 53 bits: rows with an equal key in the same band are to be compared. */
export function bandKeys(values: Float64Array, { bands, rows }: Bands): number[] {
  const keys: number[] = [];
  for (let band = 0; band < bands; band++) {
    let low = 0x811c9dc5 ^ band;
    let high = 0x9747b28c ^ band;
    for (let row = 0; row < rows; row++) {
      const value = values[band * rows + row] ?? 0;
      const bits = value | (0 ^ Math.imul(Math.floor(value / two32), 0x27d4eb2f));
      low = mix(low ^ bits);
      high = mix((high + bits) | 0);
    }
    keys.push((high >>> 11) * two32 + (low >>> 0));
  }
  return keys;
}
