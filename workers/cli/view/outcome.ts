import colours from "picocolors";
import type { DecisionKind } from "../../../pipelines/retrain/decision.ts";
import { shownMetrics } from "../../../pipelines/retrain/evaluation.ts";
import type { RunProgress } from "../../../pipelines/retrain/progress.ts";
import type { RunEnd } from "../../client/runs.ts";
import { plainText, rows } from "./terminal.ts";

const painted: Readonly<Record<DecisionKind, (text: string) => string>> = {
  promoted: colours.green,
  held: colours.yellow,
  refused: colours.red,
  rejected: colours.red,
};

/** How a run ended, in a few lines: decision, reasons, metrics, traffic. */
export function outcomeText(end: RunEnd, progress: RunProgress | undefined): string {
  if (end.ended === "failed") return `${colours.red(colours.bold("Failed."))} ${end.message}\n`;
  const { result } = end;
  const word = painted[result.decision](colours.bold(result.decision));
  const title = result.decidedBy ? `Nothing to do: ${word} already, by ${result.decidedBy}` : `Decision: ${word}`;
  const facts: [string, string][] = [];
  const { candidate, champion } = progress?.metrics ?? {};
  if (candidate) {
    const against = (value: number | undefined) => (value === undefined ? "" : ` (champion ${value.toFixed(3)})`);
    for (const [key, name, value] of shownMetrics(candidate)) {
      if (key !== "loss") facts.push([name, `${value.toFixed(3)}${against(champion?.[key])}`]);
    }
  }
  if (result.modelVersion) facts.push(["model", result.modelVersion]);
  if (result.traffic) facts.push(["traffic", trafficText(result.traffic)]);
  if (result.published) facts.push(["published", result.published]);
  const reasons = result.reasons.map((reason) => `  ${plainText(reason)}\n`).join("");
  return `${title}\n${reasons}${facts.length > 0 ? rows(facts) : ""}`;
}

function trafficText(traffic: Readonly<Record<string, number>>): string {
  return Object.entries(traffic)
    .map(([id, percent]) => `${percent} % → ${id}`)
    .join(", ");
}
