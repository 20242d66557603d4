import type { Route } from "../../../http/router.ts";
import type { PageContext } from "../context.ts";
import { page } from "../live.ts";
import { compareView } from "./compare.ts";

export function compareRoutes(context: PageContext): readonly Route[] {
  return [page(context.store, "/compare", (_parameters, asked) => compareView(context, asked))];
}
