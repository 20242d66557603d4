const units: Readonly<Record<string, number>> = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Of `1GiB` and the like, which the recipe's schema has checked. */
export function bytesOf(size: string): number {
  const [, number = "", unit = ""] = /^([0-9]+)([A-Za-z]+)$/.exec(size) ?? [];
  return Number(number) * (units[unit] ?? Number.NaN);
}
