import { setTimeout as sleep } from "node:timers/promises";
import colours from "picocolors";
import type { VertexClients } from "../../../../activities/clients/vertex.ts";
import { duration, type Terminal, truncate } from "../../view/terminal.ts";
import { placeOf, viewJob } from "../failures.ts";
import type { PulledJob, PulledTask } from "../pulled-job.ts";
import { readJob } from "../read-job.ts";

const ends = ["SUCCEEDED", "FAILED", "CANCELLED"];

/**
 * Tells of each task as it ends, until the job has, and on a live terminal of those that run. When the signal says so, the job is
 * cancelled.
 */
export async function follow(
  vertex: VertexClients,
  name: string,
  out: Terminal,
  signal: AbortSignal,
): Promise<PulledJob> {
  const pipelines = await vertex.pipelines();
  const told = new Set<string>();
  const begin = performance.now();
  const clear = out.live ? "\r\x1b[K" : "";
  for (;;) {
    if (signal.aborted) await pipelines.cancelPipelineJob({ name });
    signal.throwIfAborted();
    const [message] = await pipelines.getPipelineJob({ name });
    const job = readJob(message, {});
    const { places } = viewJob(job);
    const around = new Set(job.tasks.map(({ parent }) => parent));
    const leaves = job.tasks.filter(({ id, parent }) => !around.has(id) && parent !== null);
    for (const task of leaves) {
      if (told.has(task.id)) continue;
      const mark = marks[task.state];
      if (mark === undefined) continue;
      told.add(task.id);
      out.write(`${clear}${mark} ${placeOf(task, job, places)}${took(task)}${outputsText(task, out.columns)}\n`);
    }
    if (ends.includes(job.state)) {
      out.write(clear);
      return job;
    }
    if (out.live) {
      const running = leaves.filter(({ state }) => state === "RUNNING").map((task) => placeOf(task, job, places));
      const line = `  ${duration(performance.now() - begin)}  ${running.length === 0 ? "starts …" : `runs ${running.join(", ")}`}`;
      out.write(`${clear}${colours.dim(truncate(line, out.columns - 1))}`);
    }
    const elapsed = performance.now() - begin;
    await sleep(Math.min(1000, Math.max(50, elapsed / 20)), undefined, { signal }).catch(() => undefined);
  }
}

/** What is told of: not of results that are taken, and not of what a condition left out. */
const marks: Readonly<Record<string, string>> = {
  SUCCEEDED: colours.green("✓"),
  FAILED: colours.red("✗"),
  CANCELLED: colours.yellow("–"),
};

function took({ startTime, endTime }: PulledTask): string {
  if (startTime === null || endTime === null) return "";
  return colours.dim(`  ${duration(Date.parse(endTime) - Date.parse(startTime))}`);
}

function outputsText({ outputs }: PulledTask, columns: number): string {
  const values = Object.entries(outputs.parameters).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return values.length === 0 ? "" : colours.dim(`  ${truncate(values.join(", "), Math.max(20, columns - 40))}`);
}
