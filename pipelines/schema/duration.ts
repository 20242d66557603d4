const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a recipe's duration, such as `500ms`, `30s`, `10m`, `24h`, `7d`; the schema has checked its form. */
export function milliseconds(duration: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  if (!amount || !unit) throw new RangeError(`"${duration}" is not a duration such as 30s or 10m`);
  return Number(amount) * units[unit as keyof typeof units];
}
