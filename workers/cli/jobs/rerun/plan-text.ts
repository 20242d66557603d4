import colours from "picocolors";
import { wrapped } from "../../view/wrap.ts";
import type { RerunPlan } from "./plan.ts";

/** What a rerun takes and runs, each under the name that `--from` takes. */
export function planText({ taken, runs, wholeLoops }: RerunPlan, columns: number): string {
  const list = (title: string, places: readonly string[]) => [
    `${colours.bold(title)} ${colours.dim(String(places.length))}`,
    ...wrapped(places.join("  "), columns, "  "),
  ];
  const names = (all: readonly { readonly place: string }[]) => all.map(({ place }) => place);
  return [
    ...(taken.length === 0 ? [] : list("taken", names(taken))),
    ...list("runs", names(runs)),
    ...wholeLoops.flatMap((loop) =>
      wrapped(`${loop} runs whole: Vertex does not tell which of its tasks belong to which iteration.`, columns, "! "),
    ),
    "",
  ].join("\n");
}
