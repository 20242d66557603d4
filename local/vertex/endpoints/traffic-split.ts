import { VertexError } from "../wire/errors.ts";

/** DeployedModel id → percent of the requests. */
export type TrafficSplit = Readonly<Record<string, number>>;

/** Throws INVALID_ARGUMENT unless the split is empty, or its parts are of deployed models and sum to 100. */
export function checkTrafficSplit(split: TrafficSplit, deployed: readonly string[]): void {
  const problems: string[] = [];
  for (const [id, percent] of Object.entries(split)) {
    if (!deployed.includes(id)) problems.push(`"${id}" is not the id of a DeployedModel of this Endpoint`);
    if (!Number.isInteger(percent) || percent < 0 || percent > 100)
      problems.push(`${percent} of "${id}" should be from 0 to 100`);
  }
  const sum = Object.values(split).reduce((total, percent) => total + percent, 0);
  if (Object.keys(split).length > 0 && sum !== 100)
    problems.push(`the traffic percentage values must add up to 100, not ${sum}`);
  if (problems.length > 0) throw new VertexError("INVALID_ARGUMENT", `traffic_split: ${problems.join("; ")}.`);
}

/** The split without its zeros, as Vertex stores it. */
export function withoutZeros(split: TrafficSplit): TrafficSplit {
  return Object.fromEntries(Object.entries(split).filter(([, percent]) => percent > 0));
}

/** Chooses by weight; `random` is from 0 up to 1. Undefined for an empty split. */
export function chooseDeployedModel(split: TrafficSplit, random: number): string | undefined {
  let left = random * 100;
  for (const [id, percent] of Object.entries(split)) {
    left -= percent;
    if (left < 0) return id;
  }
  return undefined;
}
