import { isJobFinal, type PipelineJobRecord, type TaskRecord } from "../../pipeline-jobs/records.ts";
import { idOf, locationOf } from "../../wire/names.ts";
import { cancelButton } from "../actions.ts";
import { comparison } from "../compare/comparison.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { counted, elapsed, moment, valueText } from "../format.ts";
import { headlineOf } from "../headline.ts";
import { type Html, html, nothing } from "../html.ts";
import { pathOf, query } from "../links.ts";
import type { Query } from "../live.ts";
import { classifications } from "../metrics/classification.ts";
import { isMetrics } from "../metrics/metrics.ts";
import { empty, facts, failure, labels, section, table, values } from "../parts.ts";
import { badge, dot, type Look, lookOf, wordOf } from "../state.ts";
import { loopSizes } from "./loop-sizes.ts";
import { stepStates } from "./step-states.ts";
import { iterationText, taskPanel } from "./task.ts";
import { type TaskNode, type TaskTree, taskTree } from "./task-tree.ts";
import { Timeline, telling } from "./timeline.ts";

/** A pipeline job: its picture with the states of its steps, and beside it the run, or the task that is chosen. */
export async function pipelineJobView(context: PageContext, name: string, asked: Query): Promise<View> {
  const { pipelineJobs, clock } = context;
  const job = pipelineJobs.get(name);
  const tree = taskTree(pipelineJobs.ledger(name).list());
  const now = clock.now();
  const chosen = choose(tree, asked);
  const single = chosen?.nodes.length === 1 ? (chosen.nodes[0] ?? null) : null;
  const main = html`${heading(job, tree, jobBefore(pipelineJobs.list(), job)?.name, now)}
<div class="job">
<live-graph id="graph" src="${pathOf(name)}/picture${foldedSteps(asked)}" states="${JSON.stringify(stepStates(tree, loopSizes(pipelineJobs.spec(name)), single))}" chosen="${chosen?.step ?? ""}"></live-graph>
<section class="panel" id="panel-${chosen === null ? "run" : (chosen.nodes[0]?.record.id ?? chosen.step)}" aria-label="Details" tabindex="-1">
${chosen === null ? runPanel(job, tree, now) : await stepPanel(context, job, chosen, asked, now)}
</section>
</div>`;
  return { title: job.displayName, area: "pipelineJobs", layout: "wide", main };
}

/** The one before it of the same pipeline. */
function jobBefore(all: readonly PipelineJobRecord[], { name, pipelineName }: PipelineJobRecord) {
  const before = all.slice(
    0,
    all.findIndex((job) => job.name === name),
  );
  return before.findLast((job) => job.pipelineName === pipelineName);
}

/** As the picture is asked for. */
function foldedSteps(asked: Query): string {
  const closed = new URLSearchParams(asked.getAll("closed").map((step) => ["closed", step]));
  return closed.size === 0 ? "" : `?${closed}`;
}

const mostCauses = 20;

interface Chosen {
  readonly step: string;
  readonly nodes: readonly TaskNode[];
}

/** By `task`, an id, or by `step`, a place in the picture. */
function choose({ byId, byStep }: TaskTree, asked: Query): Chosen | null {
  const node = byId.get(asked.get("task") ?? "");
  if (node !== undefined) return { step: node.step, nodes: [node] };
  const step = asked.get("step");
  return step === null ? null : { step, nodes: byStep.get(step) ?? [] };
}

function heading(job: PipelineJobRecord, tree: TaskTree, compareWith: string | undefined, now: number): Html {
  const { project, location } = locationOf(job.name);
  const leaves = [...tree.byId.values()].filter(({ record }) => record.kind !== "dag");
  const counts = Map.groupBy(leaves, ({ record }) => lookOf(record.state));
  const summary = (["running", "failed", "succeeded", "cached", "pending"] satisfies Look[]).flatMap((look) => {
    const count = counts.get(look)?.length ?? 0;
    return count === 0 ? [] : [html`<span class="count look-${look}">${count} ${wordOf(look).toLowerCase()}</span>`];
  });
  return html`<header class="subject run">
<p class="crumbs"><a href="/pipelineJobs">Pipeline jobs</a> / ${idOf(job.name)}</p>
<div class="headline"><h1>${job.displayName}</h1>${badge(lookOf(job.state))}${summary}
<span class="space"></span>${compareWith !== undefined && html`<a class="button" href="${comparison([compareWith, job.name])}">Compare</a>`}
<span class="quiet">${location} · ${project} · started ${moment(job.startTime ?? job.createTime)} · <strong>${elapsed(job.startTime, job.endTime, now)}</strong></span>
${cancelButton(job.name, isJobFinal(job.state) || job.state === "PIPELINE_STATE_CANCELLING", "The tasks that run are stopped; those that wait don’t begin.")}</div>
</header>`;
}

function runPanel(job: PipelineJobRecord, { root, byId }: TaskTree, now: number): Html {
  return html`${failures(job, byId)}
${section("Tasks", root === null || root.children.length === 0 ? empty("No task has begun.") : new Timeline(job, now).draw(root.children))}
${metricsOf([...byId.values()].map(({ record }) => record))}
${Object.keys(job.parameterValues).length > 0 && section("Parameters", values("Parameters", job.parameterValues))}
${root !== null && Object.keys(root.record.outputs.parameters).length > 0 && section("Outputs", values("Outputs", root.record.outputs.parameters))}
${section(
  "Job",
  facts([
    ["Pipeline", job.pipelineName],
    ["Name", html`<code>${job.name}</code>`],
    ["Labels", Object.keys(job.labels).length > 0 && labels(job.labels)],
    ["Output folder", html`<code>${job.gcsOutputDirectory}</code>`],
    [
      "On failure",
      job.failurePolicy === "PIPELINE_FAILURE_POLICY_FAIL_FAST" ? "starts no other task" : "runs what it can",
    ],
    ["Service account", job.serviceAccount],
    ["Network", job.network],
    ["Created", moment(job.createTime)],
    ["Ended", job.endTime !== undefined && moment(job.endTime)],
  ]),
)}`;
}

/** Which tasks failed, each with its cause; and what became of the job by that. */
function failures({ error }: PipelineJobRecord, byId: TaskTree["byId"]): Html {
  const causes = [...byId.values()].flatMap(({ record }) =>
    record.kind !== "dag" && record.state === "FAILED" ? [record] : [],
  );
  if (causes.length === 0) return failure(error);
  return html`<section class="block causes" id="block-failures"><h2>${counted(causes.length, "failed task")}</h2>
${causes
  .slice(0, mostCauses)
  .map(
    ({ id, uniqueName, error: cause }) =>
      html`<a class="failure" href="${query({ task: id })}"><strong>${uniqueName}</strong><span>${cause !== undefined && headlineOf(cause.message)}</span></a>`,
  )}
${error !== undefined && html`<details class="long"><summary>What the job says</summary><pre tabindex="0">${error.message}</pre></details>`}</section>`;
}

/** Single numbers of all tasks side by side. */
function metricsOf(tasks: readonly TaskRecord[]): Html {
  const rows = tasks.flatMap((task) =>
    task.kind === "dag"
      ? []
      : Object.values(task.outputs.artifacts)
          .flat()
          .filter(isMetrics)
          .flatMap(({ metadata }) => {
            const plots = classifications(metadata).length > 0;
            const numbers = Object.entries(metadata).filter(([, value]) => typeof value === "number");
            return plots && numbers.length === 0
              ? [{ task, name: "confusion matrix, curves", value: "" }]
              : numbers.map(([name, value]) => ({ task, name, value: valueText(value) }));
          }),
  );
  if (rows.length === 0) return nothing;
  const columns = [
    { title: "Task", cell: ({ task }) => html`<a href="${query({ task: task.id })}">${task.taskName}</a>` },
    { title: "Metric", cell: ({ name }) => name },
    { title: "Value", numeric: true as const, cell: ({ value }) => value },
  ] satisfies Parameters<typeof table<(typeof rows)[number]>>[1];
  return section("Metrics", table("Metrics", columns, rows));
}

async function stepPanel(
  context: PageContext,
  job: PipelineJobRecord,
  { step, nodes }: Chosen,
  asked: Query,
  now: number,
): Promise<Html> {
  const [node, ...others] = nodes;
  const name = step.slice(step.lastIndexOf("/") + 1);
  if (node === undefined) {
    const word = isJobFinal(job.state) ? "It did not begin in this run." : "It has not begun.";
    return html`${back}<h2 class="name">${name}</h2>${empty(word)}`;
  }
  if (others.length === 0) return html`${back}${await taskPanel(context, job, node, asked, now)}`;
  const columns = [
    { title: "State", cell: ({ record }: TaskNode) => dot(lookOf(record.state)) },
    {
      title: "Iteration",
      cell: ({ record, parent }: TaskNode) =>
        html`<a href="${query({ task: record.id })}">${iterationText(parent)}</a>`,
    },
    {
      title: "Duration",
      numeric: true as const,
      cell: ({ record }: TaskNode) => elapsed(record.startTime, record.endTime, now),
    },
  ];
  return html`${back}<h2 class="name">${name}</h2><p class="minor">${counted(nodes.length, "task")}, one for each iteration</p>
${table(`Iterations of ${name}`, columns, telling(nodes))}`;
}

const back = html`<p class="back"><a href="?">← All tasks</a></p>`;
