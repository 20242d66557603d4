import colours from "picocolors";
import { duration, rows, truncate } from "../../view/terminal.ts";
import { wrapped } from "../../view/wrap.ts";
import { countStates, type Failure, failuresOf, type JobView } from "../failures.ts";
import { consolePage, readJobName } from "../job-reference.ts";
import type { PulledValues } from "../pulled-job.ts";

/** What became of a job: which tasks failed, where, with what error and which inputs. */
export function reportText(view: JobView, columns: number): string {
  const { job } = view;
  const failures = failuresOf(view);
  const took = timeOf(job.startTime, job.endTime);
  const title = job.displayName || view.flow.name;
  const lines = [
    `${colours.bold(title)}  ${painted(job.state)}${took === null ? "" : ` ${colours.dim(`after ${took}`)}`}`,
    rows([
      ["job", job.name],
      ["console", consolePage(readJobName(job.name))],
      ...(job.startTime === null ? [] : [["started", new Date(job.startTime).toLocaleString()] as const]),
      ...Object.entries(job.runtimeConfig.parameterValues).map(
        ([name, value]) => [name, truncate(JSON.stringify(value), Math.max(20, columns - 30))] as const,
      ),
    ]).trimEnd(),
    ...failures.flatMap((failure) => ["", ...failureLines(failure, columns)]),
  ];
  if (failures.length === 0 && job.error !== null) lines.push("", ...wrapped(job.error.message, columns, "  "));
  const counts = [...countStates(job)].map(([state, count]) => `${count} ${words[state] ?? state.toLowerCase()}`);
  if (counts.length > 0) lines.push("", `${colours.dim("tasks")}  ${counts.join(", ")}`);
  return `${lines.join("\n")}\n`;
}

export function failureLines({ task, place }: Failure, columns: number): readonly string[] {
  const took = timeOf(task.startTime, task.endTime);
  return [
    `${colours.red("✗")} ${colours.bold(place)}${took === null ? "" : colours.dim(`  after ${took}`)}`,
    ...(task.error?.message ?? "It failed without an error.").split("\n").map((line) => `    ${line}`),
    ...valueLines(task.inputs, columns),
    ...task.jobs.slice(0, 1).map((job) => `    ${colours.dim("ran as")} ${job}`),
  ];
}

function valueLines({ parameters, artifacts }: PulledValues, columns: number): readonly string[] {
  const width = Math.max(20, columns - 30);
  const pairs = [
    ...Object.entries(parameters).map(([name, value]) => [name, truncate(JSON.stringify(value), width)] as const),
    ...Object.entries(artifacts).flatMap(([name, list]) => list.map(({ uri }) => [name, uri] as const)),
  ];
  if (pairs.length === 0) return [];
  const lines = rows(pairs).trimEnd().split("\n");
  return [colours.dim("    inputs"), ...lines.map((line) => `    ${line}`)];
}

const words: Readonly<Record<string, string>> = {
  SUCCEEDED: "succeeded",
  SKIPPED: "from the cache",
  FAILED: "failed",
  NOT_TRIGGERED: "not run",
  CANCELLED: "cancelled",
  RUNNING: "running",
  PENDING: "waiting",
};

function painted(state: string): string {
  if (state === "SUCCEEDED") return colours.green("succeeded");
  if (state === "FAILED") return colours.red("failed");
  return colours.yellow(state.toLowerCase());
}

function timeOf(start: string | null, end: string | null): string | null {
  return start === null || end === null ? null : duration(Date.parse(end) - Date.parse(start));
}
