import { type BatchPredictionJobRecord, defaultBatchSize, replicaCountOf } from "../../batch-prediction/records.ts";
import { isFinal } from "../../custom-jobs/records.ts";
import { fromValue } from "../../wire/json.ts";
import { idOf } from "../../wire/names.ts";
import { cancelButton } from "../actions.ts";
import { findContent, type Viewable } from "../artifacts/content.ts";
import { preview } from "../artifacts/preview.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { elapsed, moment, valueText } from "../format.ts";
import { type Html, html } from "../html.ts";
import { pathOf, query } from "../links.ts";
import type { Query } from "../live.ts";
import { empty, facts, failure, labels, section } from "../parts.ts";
import { badge, lookOf } from "../state.ts";
import { modelOf } from "./list.ts";
import { progressBar } from "./progress.ts";

export async function batchPredictionJobView(context: PageContext, name: string, asked: Query): Promise<View> {
  const job = context.batchPredictions.jobs.get(name);
  const { displayName = idOf(name), inputConfig, outputConfig, instanceConfig, dedicatedResources } = job.message;
  const { manualBatchTuningParameters, modelParameters } = job.message;
  const ended = isFinal(job.state);
  const main = html`<header class="subject run">
<p class="crumbs"><a href="/batchPredictionJobs">Batch prediction jobs</a> / ${idOf(name)}</p>
<div class="headline"><h1>${displayName}</h1>${badge(lookOf(job.state))}<span class="space"></span>
<span class="quiet">created ${moment(job.createTime)} · <strong>${elapsed(job.startTime, job.endTime, context.clock.now())}</strong></span>
${cancelButton(name, ended || job.state === "JOB_STATE_CANCELLING", "What is predicted already stays.")}</div></header>
${failure(job.error)}
${section("Progress", progress(job))}
${failures(job)}
${section("Output", await output(context, job, asked.get("path") ?? ""))}
${section(
  "Job",
  facts([
    ["Model", modelOf(job)],
    ["Input", inputConfig?.gcsSource?.uris?.map((uri) => html`<div><code>${uri}</code></div>`)],
    ["Formats", `${inputConfig?.instancesFormat ?? "?"} → ${outputConfig?.predictionsFormat ?? "?"}`],
    ["Key", instanceConfig?.keyField],
    ["Parameters of the model", modelParameters !== undefined && valueText(fromValue(modelParameters))],
    ["Instances in a request", manualBatchTuningParameters?.batchSize || defaultBatchSize],
    ["Machines", `${replicaCountOf(job.message)} × ${dedicatedResources?.machineSpec?.machineType ?? "automatic"}`],
    ["Labels", labels(job.message.labels)],
    ["Started", job.startTime !== undefined && moment(job.startTime)],
    ["Ended", job.endTime !== undefined && moment(job.endTime)],
    ["Name", html`<code>${name}</code>`],
  ]),
)}`;
  return { title: displayName, area: "batchPredictionJobs", layout: "list", main };
}

/** Its output folder, as something to look into. */
export function outputOf({ name, outputDirectory }: BatchPredictionJobRecord): Viewable | null {
  if (outputDirectory === undefined) return null;
  return { name, displayName: idOf(outputDirectory), uri: outputDirectory, schemaTitle: "" };
}

function progress({ completionStats: stats }: BatchPredictionJobRecord): Html {
  if (stats === undefined) return empty("It has not read its input yet.");
  const { successfulCount, failedCount, incompleteCount } = stats;
  const count = (number: number, word: string, look: string) =>
    html`<li class="look-${look}"><strong>${number.toLocaleString("en")}</strong> ${word}</li>`;
  return html`<div class="counts">${progressBar(stats)}<ul class="counts bare">${count(successfulCount, "predicted", "succeeded")}${count(failedCount, "failed", failedCount > 0 ? "failed" : "pending")}${count(incompleteCount, "to do", "pending")}</ul></div>`;
}

function failures({ partialFailures = [] }: BatchPredictionJobRecord): Html | false {
  if (partialFailures.length === 0) return false;
  return section(
    "Failures",
    html`<ul class="problems">${partialFailures.map(({ message }) => html`<li><code>${message}</code></li>`)}</ul>`,
  );
}

async function output({ mount }: PageContext, job: BatchPredictionJobRecord, within: string): Promise<Html> {
  const found = outputOf(job);
  if (found === null) return empty("It has not begun to write.");
  const place = html`<p class="uri"><code>${found.uri}${within !== "" && `/${within}`}</code>${
    within !== "" && html` <a href="${pathOf(job.name)}${query({})}">All files</a>`
  }</p>`;
  return html`${place}${await preview(found, within, await findContent(mount, found, within))}`;
}
