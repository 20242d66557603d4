import fc from "fast-check";

/** What decisions are made from: all of them from one number, but only the first so many; the others are the simplest. */
export interface Decisions {
  readonly seed: number;
  readonly count: number;
}

/** Shrinks to the simplest of all, and from the last decision to the first. */
export function decisions(most: number): fc.Arbitrary<Decisions> {
  const count = fc.nat(2 * most).map((each) => Math.min(each, most));
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant({ seed: 0, count: 0 }) },
    { weight: 9, arbitrary: fc.record({ seed: fc.nat(), count }) },
  );
}

/** Decisions made one after the other. */
export class Choices {
  readonly #count: number;
  #state: number;
  #made = 0;

  constructor({ seed, count }: Decisions) {
    this.#state = seed;
    this.#count = count;
  }

  /** All the simplest ones. */
  static simplest(): Choices {
    return new Choices({ seed: 0, count: 0 });
  }

  /** One of the numbers from 0, the simplest, to `most`. */
  upTo(most: number): number {
    return this.#made++ < this.#count ? this.#next() % (most + 1) : 0;
  }

  /** True in so many of 100 cases; the simplest is false. */
  chance(percent: number): boolean {
    return this.upTo(99) >= 100 - percent;
  }

  /** One of the list; the simplest is the first. */
  of<Item>(list: readonly [Item, ...(readonly Item[])]): Item {
    return list[this.upTo(list.length - 1)] ?? list[0];
  }

  /** One of the list, which may be empty. */
  maybeOf<Item>(list: readonly Item[]): Item | undefined {
    return list.length === 0 ? undefined : list[this.upTo(list.length - 1)];
  }

  some<Item>(list: readonly Item[], percent: number): readonly Item[] {
    return list.filter(() => this.chance(percent));
  }

  /** Mulberry32. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
