import { isFinal, type PipelineJobRecord, type TaskRecord, type Values } from "../../pipeline-jobs/records.ts";
import { artifactCard } from "../artifacts/artifact.ts";
import type { PageContext } from "../context.ts";
import { customJobLog } from "../custom-jobs/custom-job.ts";
import { duration, elapsed, moment } from "../format.ts";
import { headlineOf } from "../headline.ts";
import { type Html, html, nothing } from "../html.ts";
import { linkTo, pathOf } from "../links.ts";
import type { Query } from "../live.ts";
import { logView } from "../logs/log.ts";
import { facts, failure, section, values } from "../parts.ts";
import { badge, dot, lookOf, wordOf } from "../state.ts";
import { iterationsAround } from "./step-states.ts";
import type { TaskNode } from "./task-tree.ts";
import { Timeline } from "./timeline.ts";

const kinds: Readonly<Record<TaskRecord["kind"], string>> = {
  dag: "Pipeline",
  container: "Container",
  importer: "Importer",
  "custom-job": "CustomJob",
};

/** All about one task of a run. */
export async function taskPanel(
  context: PageContext,
  job: PipelineJobRecord,
  node: TaskNode,
  asked: Query,
  now: number,
): Promise<Html> {
  const { record, children, iteration } = node;
  const look = lookOf(record.state);
  const around = iteration === null ? iterationText(node.parent) : "";
  const isLoop = children.some((child) => child.iteration !== null);
  return html`<h2 class="name">${record.taskName}</h2>
<p class="minor">${badge(look)} ${isLoop ? "Loop" : iteration === null ? kinds[record.kind] : "Iteration of a loop"}${
    record.startTime !== undefined && html` · ${elapsed(record.startTime, record.endTime, now)}`
  }${around !== "" && html` · iteration ${around}`}</p>
${failure(record.error)}
${look === "cached" && html`<p class="note">Its outputs come from the cache: this task ran before with the same inputs.</p>`}
${children.length > 0 && section(isLoop ? "Iterations" : "Tasks", new Timeline(job, now).draw(children))}
${await valuesSection(context, "Outputs", record.outputs, true)}
${record.kind !== "dag" && section("Log", log(context, job, record, asked))}
${await valuesSection(context, "Inputs", record.inputs, false)}
${section("Task", details(record))}
${record.history.length > 0 && section("History", history(record))}`;
}

/** `#2 · #0`: of the loops around a task, the outermost first. */
export function iterationText(node: TaskNode | null): string {
  return iterationsAround(node)
    .map(({ iteration }) => `#${iteration}`)
    .join(" · ");
}

function log(context: PageContext, job: PipelineJobRecord, record: TaskRecord, asked: Query): Html {
  if (record.customJob !== null) return customJobLog(context, record.customJob, 0, asked);
  return logView(
    {
      path: `${pathOf(job.name)}/tasks/${record.id}/log`,
      source: {},
      folders: context.pipelineJobs.processFolders(record),
      live: !isFinal(record.state),
      failed: record.state === "FAILED",
    },
    asked,
  );
}

async function valuesSection(
  context: PageContext,
  title: string,
  { parameters, artifacts }: Values,
  open: boolean,
): Promise<Html> {
  const lists = Object.entries(artifacts).filter(([, list]) => list.length > 0);
  if (Object.keys(parameters).length === 0 && lists.length === 0) return nothing;
  const cards = lists.map(async ([name, list]) => {
    const drawn = await Promise.all(list.slice(0, 50).map((artifact) => artifactCard(context, artifact, open)));
    return html`<div class="slot"><h3>${name}</h3>${drawn}</div>`;
  });
  return section(title, html`${values(title, parameters)}${await Promise.all(cards)}`);
}

function details(record: TaskRecord): Html {
  const customJobs = [...record.failedCustomJobs, ...(record.customJob === null ? [] : [record.customJob])];
  return facts([
    ["Started at", record.startTime !== undefined && moment(record.startTime)],
    ["Ended at", record.endTime !== undefined && moment(record.endTime)],
    ["Waited", record.startTime !== undefined && duration(record.startTime - record.createTime)],
    ["Tries", record.attempt > 1 && record.attempt],
    ["CustomJob", customJobs.length > 0 && customJobs.map((name) => html`<div>${linkTo(name)}</div>`)],
    ["Began", record.resource && html`<code>${record.resource}</code>`],
    ["Unique name", html`<code>${record.uniqueName}</code>`],
    ["Task id", html`<code>${record.id}</code>`],
    ["Execution", html`<code>${record.execution}</code>`],
  ]);
}

function history({ history }: TaskRecord): Html {
  return html`<ol class="history">${history.map(
    ({ time, state, error }) =>
      html`<li>${dot(lookOf(state))} ${wordOf(lookOf(state))} <span class="quiet">${moment(time)}</span>${error !== undefined && html`<p class="quiet">${headlineOf(error.message)}</p>`}</li>`,
  )}</ol>`;
}
