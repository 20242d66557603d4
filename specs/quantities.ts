/** CPU in cores. Null where the text is no quantity. */
export function parseCpu(text: string): number | null {
  const found = /^([0-9]+(?:\.[0-9]+)?)(m?)$/.exec(text);
  if (found === null) return null;
  const cores = Number(found[1]);
  return found[2] === "m" ? cores / 1000 : cores;
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Memory in gigabytes (10⁹ bytes). Null where the text is no quantity. */
export function parseMemory(text: string): number | null {
  const found = /^([0-9]+(?:\.[0-9]+)?)([KMGTPE]i?|)$/.exec(text);
  if (found === null) return null;
  const unit = found[2] ?? "";
  if (unit === "G") return Number(found[1]);
  return (Number(found[1]) * (units[unit] ?? 1)) / 1e9;
}
