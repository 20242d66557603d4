/** From values to pixels. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** Even steps between round numbers, which lie around all values. */
export function linearScale(values: readonly number[], from: number, to: number, count = 4): Scale {
  const given = values.filter(Number.isFinite);
  const least = given.length === 0 ? 0 : given.reduce((a, b) => Math.min(a, b));
  const most = given.length === 0 ? 1 : given.reduce((a, b) => Math.max(a, b));
  const step = roundStep((most - least || Math.abs(most) || 1) / count);
  const begin = Math.floor(least / step + 1e-9) * step;
  const steps = Math.max(1, Math.ceil((most - begin) / step - 1e-9));
  const end = begin + steps * step;
  return {
    at: (value) => round(from + ((value - begin) / (end - begin)) * (to - from)),
    ticks: Array.from({ length: steps + 1 }, (_, index) => Number((begin + index * step).toPrecision(12))),
  };
}

/** The same distance for the same factor. Values are above 0. */
export function logScale(least: number, most: number, from: number, to: number): Scale {
  const span = Math.log(most / least) || 1;
  const powers: number[] = [];
  for (let power = Math.ceil(Math.log10(least) - 1e-9); 10 ** power <= most * (1 + 1e-9); power++)
    powers.push(10 ** power);
  const every = Math.ceil(powers.length / 6);
  return {
    at: (value) => round(from + (Math.log(value / least) / span) * (to - from)),
    ticks: powers.length < 2 ? [least, most] : powers.filter((_power, index) => index % every === 0),
  };
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((each) => rough <= each * power * (1 + 1e-9)) ?? 10;
  return factor * power;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A number as it stands at an axis. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential().replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}
