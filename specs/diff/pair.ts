import type { Flow, Source } from "../graph/flow/index.ts";
import type { PlatformSpec } from "../ir/platform.ts";
import type { Matching } from "./match.ts";
import { sourceKey } from "./signature.ts";

/** Two pipelines side by side. */
export interface Pair {
  readonly before: Flow;
  readonly after: Flow;
  readonly matching: Matching;
  readonly platforms: { readonly before: PlatformSpec | undefined; readonly after: PlatformSpec | undefined };
}

/** Whether a source of the earlier pipeline is the same as one of the later. */
export function sameSource(pair: Pair, before: Source | undefined, after: Source | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return earlierKey(pair, before) === laterKey(pair, after);
}

/** A path that is nowhere in the other pipeline is equal to none in it. */
function earlierKey({ matching }: Pair, source: Source): string {
  return sourceKey(source, (path) => (path === "" ? "" : (matching.later.get(path) ?? `gone ${path}`)));
}

function laterKey({ matching }: Pair, source: Source): string {
  return sourceKey(source, (path) => (path === "" || matching.earlier.has(path) ? path : `new ${path}`));
}
