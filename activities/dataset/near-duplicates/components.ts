/** Which of the numbers 0, 1, … are connected, as edges come: union by the smallest, with paths halved. */
export class Components {
  readonly #parents: Uint32Array;

  constructor(size: number) {
    this.#parents = Uint32Array.from({ length: size }, (_, index) => index);
  }

  connect(left: number, right: number): void {
    const one = this.of(left);
    const other = this.of(right);
    this.#parents[Math.max(one, other)] = Math.min(one, other);
  }

  /** The smallest number that is connected with this one. */
  of(number: number): number {
    const parents = this.#parents;
    let at = number;
    for (;;) {
      const parent = parents[at] ?? at;
      if (parent === at) return at;
      const above = parents[parent] ?? parent;
      parents[at] = above;
      at = above;
    }
  }
}
