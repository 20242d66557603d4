import { type Flow, leavesOf, originOf, type Source } from "../../../../specs/graph/flow/index.ts";

/** What a source comes from in the end: an item of a loop from what the loop goes over. */
export function originsOf(flow: Flow, source: Source): readonly Source[] {
  return leavesOf(originOf(flow, source)).flatMap((leaf) => {
    if (leaf.kind !== "item") return [leaf];
    const loop = flow.byPath.get(leaf.loop);
    const items = loop?.kind === "group" ? loop.loop?.items : undefined;
    return items === undefined ? [] : originsOf(flow, items);
  });
}
