import { allSteps, type Flow, leavesOf, originOf, type Source } from "../../../../specs/graph/flow/index.ts";

/** What a source comes from in the end: an item of a loop from what the loop goes over. */
export function originsOf(flow: Flow, source: Source): readonly Source[] {
  return leavesOf(originOf(flow, source)).flatMap((leaf) => {
    if (leaf.kind !== "item") return [leaf];
    const loop = flow.byPath.get(leaf.loop);
    const items = loop?.kind === "group" ? loop.loop?.items : undefined;
    return items === undefined ? [] : originsOf(flow, items);
  });
}

/** Names of the outputs that other steps read, by the path of the task. */
export function outputsRead(flow: Flow): ReadonlyMap<string, ReadonlySet<string>> {
  const read = new Map<string, Set<string>>();
  for (const { given } of allSteps(flow.steps)) {
    for (const origin of Object.values(given).flatMap((source) => originsOf(flow, source))) {
      if (origin.kind !== "output") continue;
      const names = read.get(origin.step) ?? new Set();
      read.set(origin.step, names.add(origin.name));
    }
  }
  return read;
}
