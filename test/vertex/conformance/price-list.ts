import type { Case } from "./case.ts";

/** What asking the real Vertex will cost, before it is asked: a line for each case, the total first. */
export function priceList(asked: readonly Case[], project: string, transports: number): string {
  const lines = asked.map(({ name, price }) => `  $${(price ?? 0).toFixed(2)}  ${name}`);
  const total = asked.reduce((sum, { price }) => sum + (price ?? 0), 0) * transports;
  return `${project}: about $${total.toFixed(2)} for ${asked.length} cases, by ${transports} transports each:\n${lines.join("\n")}`;
}
