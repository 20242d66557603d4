/**
 * Gaussian process regression with a Matérn 5/2 kernel (Rasmussen and Williams, Gaussian Processes for Machine
 * Learning, algorithm 2.1). Values are expected to have mean 0 and variance 1.
 */
export interface GaussianProcess {
  predict(point: Point): { readonly mean: number; readonly deviation: number };
}

export type Point = readonly number[];

const lengthScales = [0.1, 0.2, 0.4, 0.8, 1.6];
const noises = [1e-4, 1e-2, 1e-1];

/** The process whose length scale and noise make the values most likely. */
export function regress(points: readonly Point[], values: readonly number[]): GaussianProcess {
  const candidates = lengthScales.flatMap((scale) => noises.map((noise) => solve(points, values, scale, noise)));
  return candidates.reduce((best, other) => (other.likelihood > best.likelihood ? other : best)).process;
}

function solve(points: readonly Point[], values: readonly number[], scale: number, noise: number) {
  const kernel = (a: Point, b: Point) => matern(distance(a, b) / scale);
  const factor = cholesky(points.map((a, i) => points.map((b, j) => kernel(a, b) + (i === j ? noise : 0))));
  const weights = solveUpper(factor, solveLower(factor, values));
  const fitted = dot(values, weights) / 2;
  const complexity = factor.reduce((sum, row, index) => sum + Math.log(row[index] ?? 1), 0);
  const process: GaussianProcess = {
    predict(point) {
      const row = points.map((other) => kernel(point, other));
      const reduced = solveLower(factor, row);
      return { mean: dot(row, weights), deviation: Math.sqrt(Math.max(1e-12, 1 - dot(reduced, reduced))) };
    },
  };
  return { process, likelihood: -fitted - complexity };
}

function matern(distance: number): number {
  const scaled = Math.sqrt(5) * distance;
  return (1 + scaled + scaled ** 2 / 3) * Math.exp(-scaled);
}

function distance(a: Point, b: Point): number {
  return Math.sqrt(a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0));
}

/** The lower triangle L with L·Lᵀ as the matrix. */
function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower: number[][] = [];
  for (const [i, given] of matrix.entries()) {
    const row: number[] = [];
    for (const [j, value] of given.slice(0, i + 1).entries()) {
      const other = i === j ? row : (lower[j] ?? []);
      let rest = value;
      for (let k = 0; k < j; k++) rest -= (row[k] ?? 0) * (other[k] ?? 0);
      row.push(i === j ? Math.sqrt(Math.max(rest, 1e-12)) : rest / (other[j] ?? 1));
    }
    lower.push(row);
  }
  return lower;
}

function solveLower(lower: readonly (readonly number[])[], values: readonly number[]): number[] {
  const solved: number[] = [];
  for (const [i, row] of lower.entries()) {
    let rest = values[i] ?? 0;
    for (let k = 0; k < i; k++) rest -= (row[k] ?? 0) * (solved[k] ?? 0);
    solved.push(rest / (row[i] ?? 1));
  }
  return solved;
}

function solveUpper(lower: readonly (readonly number[])[], values: readonly number[]): number[] {
  const solved = [...values];
  for (let i = lower.length - 1; i >= 0; i--) {
    let rest = solved[i] ?? 0;
    for (let k = i + 1; k < lower.length; k++) rest -= (lower[k]?.[i] ?? 0) * (solved[k] ?? 0);
    solved[i] = rest / (lower[i]?.[i] ?? 1);
  }
  return solved;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
