/**
 * Two-sided paired t-test: do the differences of the rows have a mean other than 0?
 * Student, Biometrika 6 (1908), https://doi.org/10.1093/biomet/6.1.1.
 *
 * @returns the p-value; 1 of fewer than two rows or where nothing differs.
 */
export function pairedT(rows: number, mean: number, deviation: number): number {
  if (rows < 2 || mean === 0) return 1;
  if (deviation === 0) return 0;
  const t = mean / (deviation / Math.sqrt(rows));
  const freedom = rows - 1;
  return regularisedBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** The regularised incomplete beta function, by its continued fraction. https://dlmf.nist.gov/8.17#v */
function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges quickly only on this side of the mean.
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

const iterations = 500;
const precision = 1e-15;
const tiny = 1e-300;

/** Lentz's method. */
function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / orTiny(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= iterations; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / orTiny(1 + even * d);
    c = orTiny(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / orTiny(1 + odd * d);
    c = orTiny(1 + odd / c);
    const factor = d * c;
    result *= factor;
    if (Math.abs(factor - 1) < precision) break;
  }
  return result;
}

function orTiny(value: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** Lanczos's approximation, of positive numbers. https://dlmf.nist.gov/5.11 */
function logGamma(x: number): number {
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const shifted = x - 1;
  const sum = coefficients.reduce((total, value, index) => total + value / (shifted + index + 1), 0.9999999999998099);
  const t = shifted + coefficients.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}
