/** What a trial has reported of its objective, in the order of x: steps, or seconds. Higher is better. */
export type Curve = readonly CurvePoint[];

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/** The value at x, between its neighbours on a line; before the first and after the last point theirs. */
export function valueAt(curve: Curve, x: number): number {
  const after = curve.findIndex((point) => point.x >= x);
  const [left, right] = after < 0 ? [curve.at(-1), undefined] : [curve[after - 1], curve[after]];
  if (left === undefined || right === undefined) return (left ?? right)?.y ?? 0;
  return left.y + ((right.y - left.y) * (x - left.x)) / (right.x - left.x);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
