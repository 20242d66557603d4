import type { Truncation } from "../../../pipelines/retrain/run.ts";
import type { TokenStatistics } from "../../../trainer/contract/generated/contract.ts";
import type { Counted } from "./lengths.ts";

/** Lengths up to this are kept one by one. */
const exactUpTo = 512;

type LengthCounts = NonNullable<TokenStatistics["trainLengths"]>;

/**
 * The distribution of lengths, small enough for a manifest, and good for any limit: the training's `maxLength` is not
 * known when data is prepared, and another one must not prepare it anew. Above 512 the ranges are powers of two, of
 * which 256 fit between a length and its double: a limit that is a multiple of its range's width, as 1536 or 2048 is,
 * is answered exactly, any other within the rows of one range, which is less than 1/256 of the length wide.
 *
 * @param counted in ascending order.
 */
export function lengthCounts(counted: readonly Counted[]): LengthCounts {
  const ranges = new Map<number, number>();
  for (const { value, rows } of counted) {
    const width = widthAt(value);
    const last = Math.ceil(value / width) * width;
    ranges.set(last, (ranges.get(last) ?? 0) + rows);
  }
  return { upTo: [...ranges.keys()], rows: [...ranges.values()] };
}

/** How many training texts are cut at `maxLength` tokens; null where nobody counted. */
export function truncationAt(tokens: TokenStatistics | undefined, maxLength: number): Truncation | null {
  if (tokens === undefined) return null;
  if (tokens.trainLengths === undefined) return betweenKnown(tokens, maxLength);
  const { upTo, rows } = tokens.trainLengths;
  let [total, certain, possible] = [0, 0, 0];
  for (const [index, last] of upTo.entries()) {
    const some = rows[index] ?? 0;
    total += some;
    if (last > maxLength) possible += some;
    if (last - widthAt(last) >= maxLength) certain += some;
  }
  return total === 0 ? null : { maxLength, atLeast: certain / total, atMost: possible / total };
}

/** Of data that was prepared before its lengths were kept: from the shares that are known, of all splits. */
function betweenKnown({ longer }: TokenStatistics, maxLength: number): Truncation {
  return {
    maxLength,
    atLeast: longer.find(({ tokens }) => tokens >= maxLength)?.share ?? 0,
    atMost: longer.findLast(({ tokens }) => tokens <= maxLength)?.share ?? 1,
  };
}

/** Of the range that a length is in: 2 above 512, 4 above 1024, 8 above 2048. */
function widthAt(length: number): number {
  return length <= exactUpTo ? 1 : 2 ** (31 - Math.clz32(length - 1) - 8);
}
