import type { RunProgress, StageProgress, StageStatus } from "./progress.ts";

const marks: Record<StageStatus, string> = { pending: "·", running: "▶", done: "✓", skipped: "–", failed: "✗" };

/** The run as markdown, for Temporal's Current Details. */
export function details(progress: RunProgress): string {
  return [
    heading(progress),
    ...(progress.note ? [`> ${progress.note}`] : []),
    stageTable(progress),
    metricsTable(progress),
    links(progress),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function heading({ recipe, stage, decision, reasons, stages }: RunProgress): string {
  const failed = stages.find(({ status }) => status === "failed");
  const state = failed ? `failed at ${failed.name}` : (decision ?? (stage ? `${stage}` : "starting"));
  return [`### ${recipe ?? "retrain"}: ${state}`, ...reasons.map((reason) => `- ${reason}`)].join("\n");
}

function stageTable({ stages }: RunProgress): string {
  const rows = stages.map((stage) => `| ${marks[stage.status]} ${stage.name} | ${duration(stage)} | ${stage.note} |`);
  return ["| stage | time | |", "|---|---:|---|", ...rows].join("\n");
}

function metricsTable({ metrics }: RunProgress): string {
  if (!metrics) return "";
  const { candidate, champion } = metrics;
  const rows = (["accuracy", "macroF1", "loss"] as const).map(
    (name) => `| ${name} | ${candidate[name].toFixed(3)} | ${champion ? champion[name].toFixed(3) : "–"} |`,
  );
  return ["| test split | candidate | champion |", "|---|---:|---:|", ...rows].join("\n");
}

function links({ links }: RunProgress): string {
  return Object.entries(links)
    .map(([title, address]) => `[${title}](${address})`)
    .join(" · ");
}

function duration({ startedAt, endedAt }: StageProgress): string {
  if (!startedAt || !endedAt) return "";
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
