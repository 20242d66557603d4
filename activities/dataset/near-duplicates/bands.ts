/** How a sketch is cut: two rows are compared when all values of any band are equal. */
export interface Bands {
  readonly bands: number;
  /** Values a band. */
  readonly rows: number;
}

/** Of the pairs right at the threshold, this share is found at least. */
export const leastRecall = 0.9;

/**
 * The widest bands, so the fewest comparisons, with which a pair at the threshold is still found.
 * `permutations` is the most values of a sketch.
 */
export function bandsFor(threshold: number, permutations: number): Bands {
  for (let rows = permutations; rows > 1; rows--) {
    const cut = { bands: Math.floor(permutations / rows), rows };
    if (probabilityOfComparison(threshold, cut) >= leastRecall) return cut;
  }
  return { bands: permutations, rows: 1 };
}

/** The S-curve of locality-sensitive hashing: http://infolab.stanford.edu/~ullman/mmds/ch3n.pdf, 3.4.2. */
export function probabilityOfComparison(similarity: number, { bands, rows }: Bands): number {
  return 1 - (1 - similarity ** rows) ** bands;
}
