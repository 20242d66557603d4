/** For tests: random texts, and what is similar by counting the words themselves. */

/** The same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function randomWords(seed: number, vocabulary = 100_000): { word(): string; text(words: number): string } {
  const random = randomNumbers(seed);
  const word = (): string => `w${Math.floor(random() * vocabulary).toString(36)}`;
  return { word, text: (words) => Array.from({ length: words }, word).join(" ") };
}

export function shinglesOf(text: string, size: number): Set<string> {
  const words =
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  if (words.length === 0) return new Set();
  const starts = Array.from({ length: Math.max(1, words.length - size + 1) }, (_, start) => start);
  return new Set(starts.map((start) => words.slice(start, start + size).join(" ")));
}

export function similarityOf(left: string, right: string, size: number): number {
  return similarityOfSets(shinglesOf(left, size), shinglesOf(right, size));
}

export function similarityOfSets(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let shared = 0;
  for (const shingle of one) if (other.has(shingle)) shared++;
  return shared / (one.size + other.size - shared);
}
