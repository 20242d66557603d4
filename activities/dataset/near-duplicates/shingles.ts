import { emptyHashes, grow, hashWords, mix, type WordHashes } from "./words.ts";

/** Two odd numbers, by which the hash of a run of words rolls on. */
const lowBase = 0x2c1b3c6d;
const highBase = 0x297a2d39;

/**
 * Hashes of all runs of `size` words of a text (its shingles), 64 bits each, in order and with repetitions. A text of
 * fewer words is one shingle; one without words has none. The answer is valid until the next call.
 */
export class Shingler {
  readonly size: number;
  readonly #words = emptyHashes();
  readonly #shingles = emptyHashes();
  readonly #lowPower: number;
  readonly #highPower: number;

  constructor(size: number) {
    this.size = size;
    this.#lowPower = power(lowBase, size);
    this.#highPower = power(highBase, size);
  }

  of(text: string): Readonly<WordHashes> {
    const words = this.#words;
    const shingles = this.#shingles;
    hashWords(text, words);
    shingles.count = 0;
    let low = 0;
    let high = 0;
    for (let index = 0; index < words.count; index++) {
      low = (Math.imul(low, lowBase) + (words.low[index] ?? 0)) | 0;
      high = (Math.imul(high, highBase) + (words.high[index] ?? 0)) | 0;
      if (index >= this.size) {
        low = (low - Math.imul(words.low[index - this.size] ?? 0, this.#lowPower)) | 0;
        high = (high - Math.imul(words.high[index - this.size] ?? 0, this.#highPower)) | 0;
      }
      if (index >= this.size - 1 || index === words.count - 1) this.#add(low, high);
    }
    return shingles;
  }

  /** The number of words of the last text. */
  get words(): number {
    return this.#words.count;
  }

  #add(low: number, high: number): void {
    const shingles = this.#shingles;
    if (shingles.count === shingles.low.length) grow(shingles);
    shingles.low[shingles.count] = mix(low);
    shingles.high[shingles.count] = mix(high);
    shingles.count++;
  }
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let time = 0; time < exponent; time++) result = Math.imul(result, base);
  return result;
}

/** The set of a text's shingles, sorted: 53 bits of each hash, which a number holds exactly. */
export function shingleSet({ low, high, count }: Readonly<WordHashes>): Float64Array {
  const all = new Float64Array(count);
  for (let index = 0; index < count; index++) all[index] = hashAt(low, high, index);
  all.sort();
  let kept = 0;
  for (let index = 0; index < count; index++) {
    if (index === 0 || all[index] !== all[kept - 1]) all[kept++] = all[index] ?? 0;
  }
  return all.slice(0, kept);
}

/** 53 bits of a 64-bit hash. */
export function hashAt(low: Uint32Array, high: Uint32Array, index: number): number {
  return ((high[index] ?? 0) >>> 11) * 0x1_0000_0000 + (low[index] ?? 0);
}

/** Jaccard's index of two sorted sets: what they share, of all that is in either; −1 as soon as it is below `least`. */
export function jaccard(left: Float64Array, right: Float64Array, least = 0): number {
  const [small, large] = left.length < right.length ? [left, right] : [right, left];
  if (small.length < least * large.length) return -1;
  // shared / (small + large − shared) ≥ least
  const needed = (least * (small.length + large.length)) / (1 + least);
  let shared = 0;
  let first = 0;
  let second = 0;
  while (first < small.length && second < large.length) {
    if (shared + Math.min(small.length - first, large.length - second) < needed - 1e-9) return -1;
    const one = small[first] ?? 0;
    const other = large[second] ?? 0;
    if (one === other) shared++;
    if (one <= other) first++;
    if (other <= one) second++;
  }
  const similarity = shared / (small.length + large.length - shared);
  return similarity < least ? -1 : similarity;
}
