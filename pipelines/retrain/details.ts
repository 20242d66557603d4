import { shownMetrics } from "./evaluation.ts";
import type { RunProgress, StageProgress, StageStatus } from "./progress.ts";

const marks: Record<StageStatus, string> = { pending: "○", running: "▶", done: "✓", skipped: "–", failed: "✗" };

/**
 * The run as markdown, for Temporal's Current Details.
 * No table: the Temporal UI sets the cells without any space between them. The list is numbered, as its marks need no
 * bullets before them.
 */
export function details(progress: RunProgress): string {
  return [
    heading(progress),
    progress.note ? `> ${progress.note}` : "",
    stages(progress),
    metrics(progress),
    links(progress),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function heading({ recipe, stage, decision, reasons, stages }: RunProgress): string {
  const failed = stages.find(({ status }) => status === "failed");
  const state = failed ? `failed at ${failed.name}` : (decision ?? stage ?? "starting");
  return [`### ${recipe ?? "retrain"} · ${state}`, ...reasons.map((reason) => `- ${reason}`)].join("\n");
}

function stages({ stages }: RunProgress): string {
  return stages.map(line).join("\n");
}

function line(stage: StageProgress, index: number): string {
  const parts = [stage.status === "pending" ? stage.name : `**${stage.name}**`, duration(stage), stage.note];
  return `${index + 1}. ${marks[stage.status]} ${parts.filter((part) => part !== "").join(" · ")}`;
}

function metrics({ metrics }: RunProgress): string {
  if (!metrics) return "";
  const { candidate, champion } = metrics;
  const parts = shownMetrics(candidate).map(([key, , value]) => {
    const theirs = champion?.[key];
    return `${key} **${value.toFixed(3)}**${theirs === undefined ? "" : ` (champion ${theirs.toFixed(3)})`}`;
  });
  return `On the test split: ${parts.join(" · ")}`;
}

function links({ links }: RunProgress): string {
  const parts = Object.entries(links).map(([title, address]) => `[${title}](${address})`);
  return parts.length === 0 ? "" : `Links: ${parts.join(" · ")}`;
}

function duration({ startedAt, endedAt }: StageProgress): string {
  if (!startedAt || !endedAt) return "";
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000;
  if (seconds < 0.1) return "under 0.1 s";
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
