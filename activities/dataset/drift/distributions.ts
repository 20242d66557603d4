/** Probability that a χ² variable with so many degrees of freedom exceeds `value`. */
export function chiSquaredSurvival(value: number, degrees: number): number {
  if (degrees <= 0 || value <= 0) return 1;
  return upperGamma(degrees / 2, value / 2);
}

/**
 * Probability that two samples of one continuous distribution are at least `distance` apart; `size` is n·m / (n + m).
 * The limit distribution, with Stephens's correction for finite samples.
 * https://en.wikipedia.org/wiki/Kolmogorov%E2%80%93Smirnov_test
 */
export function kolmogorovSurvival(distance: number, size: number): number {
  const root = Math.sqrt(size);
  const scaled = (root + 0.12 + 0.11 / root) * distance;
  // Below this, the terms hardly shrink, and the sum is 1.
  if (scaled < 0.2) return 1;
  let sum = 0;
  for (let term = 1; term <= 100; term++) {
    const next = 2 * (term % 2 === 1 ? 1 : -1) * Math.exp(-2 * term * term * scaled * scaled);
    sum += next;
    if (Math.abs(next) < 1e-16 * Math.abs(sum)) break;
  }
  return Math.min(1, Math.max(0, sum));
}

/** The regularised upper incomplete gamma function: a series below the bend, a continued fraction above. https://dlmf.nist.gov/8.7 */
function upperGamma(shape: number, value: number): number {
  const scale = Math.exp(shape * Math.log(value) - value - logGamma(shape));
  if (value < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let next = shape + 1; term > sum * 1e-16; next++) {
      term *= value / next;
      sum += term;
    }
    return Math.max(0, 1 - scale * sum);
  }
  // Lentz's method: https://dlmf.nist.gov/3.10#iii
  let denominator = value + 1 - shape;
  let front = Number.MAX_VALUE;
  let back = 1 / denominator;
  let fraction = back;
  for (let step = 1; step < 10_000; step++) {
    const numerator = -step * (step - shape);
    denominator += 2;
    back = 1 / (numerator * back + denominator);
    front = denominator + numerator / front;
    const factor = back * front;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return scale * fraction;
}

/** By Stirling's series, of a value that is shifted to where it is exact. https://dlmf.nist.gov/5.11 */
function logGamma(value: number): number {
  let shifted = value;
  let product = 1;
  while (shifted < 12) product *= shifted++;
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}
