/** Words of one text as places in the space of hashed words, each as often as it stands there. */
export type HashedText = Uint32Array;

/** Dimensions that words are hashed to. (Weinberger et al. 2009, https://arxiv.org/abs/0902.2206) */
export const dimensions = 1024;
const permutations = 999;

export interface TextDistance {
  /** The squared maximum mean discrepancy, unbiased: about 0, also below it, where texts are alike. */
  readonly statistic: number;
  /** Share of random splits of all texts that are as far apart. */
  readonly pValue: number;
  /** Of the mean squared distance of two texts, the share that lies between the two sets: 0 to 1. */
  readonly effect: number;
}

/**
 * Two sets of texts by their words: the maximum mean discrepancy with the linear kernel of normalised word counts, and a
 * permutation test. It sees that words come more or less often, which is what moves a classifier of texts; not that the
 * same words stand in another order. (Gretton et al. 2012, https://jmlr.org/papers/v13/gretton12a.html; as a test for
 * shifts: Rabanser et al. 2019, https://arxiv.org/abs/1810.11953)
 */
export function textDistance(champion: readonly HashedText[], data: readonly HashedText[]): TextDistance {
  const n = champion.length;
  const m = data.length;
  if (n < 2 || m < 2) return { statistic: 0, pValue: 1, effect: 0 };
  const texts = [...champion, ...data].map(normalised);
  const total = new Float64Array(dimensions);
  for (const text of texts) add(total, text);
  const squares = texts.reduce((sum, { square }) => sum + square, 0);
  const order = texts.map((_, index) => index);
  const distance = (): number => {
    const first = new Float64Array(dimensions);
    let firstSquares = 0;
    for (let place = 0; place < n; place++) {
      const text = texts[order[place] ?? 0];
      if (text === undefined) continue;
      add(first, text);
      firstSquares += text.square;
    }
    return discrepancy(first, total, { n, m, firstSquares, squares });
  };
  const statistic = distance();
  const random = generator(0x9e3779b9);
  let asFar = 1;
  for (let permutation = 0; permutation < permutations; permutation++) {
    // The first n of a shuffle are a random choice.
    for (let place = 0; place < n; place++) swap(order, place, place + Math.floor(random() * (order.length - place)));
    if (distance() >= statistic) asFar++;
  }
  // E‖x − y‖² over all pairs of different texts.
  const spread =
    (2 * (texts.length * squares - total.reduce((sum, value) => sum + value * value, 0))) /
    (texts.length * (texts.length - 1));
  return { statistic, pValue: asFar / (permutations + 1), effect: spread > 0 ? Math.max(0, statistic) / spread : 0 };
}

interface Vector {
  readonly places: readonly number[];
  readonly weights: readonly number[];
  /** Of its length: 1, or 0 for a text without words. */
  readonly square: number;
}

function normalised(text: HashedText): Vector {
  const counts = new Map<number, number>();
  for (const place of text) counts.set(place, (counts.get(place) ?? 0) + 1);
  const length = Math.sqrt([...counts.values()].reduce((sum, count) => sum + count * count, 0));
  return {
    places: [...counts.keys()],
    weights: [...counts.values()].map((count) => count / length),
    square: length > 0 ? 1 : 0,
  };
}

function add(target: Float64Array, { places, weights }: Vector): void {
  for (let index = 0; index < places.length; index++) {
    const place = places[index] ?? 0;
    target[place] = (target[place] ?? 0) + (weights[index] ?? 0);
  }
}

function discrepancy(
  first: Float64Array,
  total: Float64Array,
  { n, m, firstSquares, squares }: { n: number; m: number; firstSquares: number; squares: number },
): number {
  let within = 0;
  let without = 0;
  let across = 0;
  for (let place = 0; place < dimensions; place++) {
    const left = first[place] ?? 0;
    const right = (total[place] ?? 0) - left;
    within += left * left;
    without += right * right;
    across += left * right;
  }
  return (
    (within - firstSquares) / (n * (n - 1)) +
    (without - (squares - firstSquares)) / (m * (m - 1)) -
    (2 * across) / (n * m)
  );
}

/** The same numbers on every machine, 0 ≤ x < 1. (Xorshift, Marsaglia 2003, https://www.jstatsoft.org/article/view/v008i14) */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function swap(items: number[], left: number, right: number): void {
  const kept = items[left] ?? 0;
  items[left] = items[right] ?? 0;
  items[right] = kept;
}
