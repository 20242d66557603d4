import colours from "picocolors";
import { wrapped } from "../../view/wrap.ts";
import type { Remark, RerunPlan } from "./plan.ts";

/** What a rerun takes and runs, each under the name that `--from` takes. */
export function planText({ taken, runs, remarks }: RerunPlan, columns: number): string {
  const list = (title: string, places: readonly string[]) => [
    `${colours.bold(title)} ${colours.dim(String(places.length))}`,
    ...wrapped(places.join("  "), columns, "  "),
  ];
  const names = (all: readonly { readonly place: string }[]) => all.map(({ place }) => place);
  return [
    ...(taken.length === 0 ? [] : list("taken", names(taken))),
    ...list("runs", names(runs)),
    ...remarks.flatMap(({ place, why }) => wrapped(`${place} ${whys[why]}`, columns, "  ! ")),
    "",
  ].join("\n");
}

const whys: Readonly<Record<Remark["why"], string>> = {
  changed: "runs: it is another in pipeline.yaml than in the job.",
  "iterations-unknown": "runs whole: Vertex does not tell which of its tasks belong to which iteration.",
  "outputs-unknown": "runs although it ended well: Vertex does not tell all that it gave.",
};
