import { isFinal, type WorkerPoolMessage } from "../../custom-jobs/records.ts";
import { idOf } from "../../wire/names.ts";
import { fromDuration } from "../../wire/time.ts";
import { cancelButton } from "../actions.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { duration, elapsed, moment } from "../format.ts";
import { type Html, html } from "../html.ts";
import { pathOf, query } from "../links.ts";
import type { Query } from "../live.ts";
import { logView } from "../logs/log.ts";
import { facts, failure, labels, section, values } from "../parts.ts";
import { badge, lookOf } from "../state.ts";
import { machines } from "./list.ts";

export function customJobView(context: PageContext, name: string, asked: Query): View {
  const { customJobs, clock } = context;
  const job = customJobs.get(name);
  const { displayName = idOf(name), labels: given, jobSpec } = job.message;
  const { scheduling = {}, workerPoolSpecs = [], baseOutputDirectory } = jobSpec;
  const chosen = Number(asked.get("replica") ?? 0);
  const main = html`<header class="subject run">
<p class="crumbs"><a href="/customJobs">Custom jobs</a> / ${idOf(name)}</p>
<div class="headline"><h1>${displayName}</h1>${badge(lookOf(job.state))}<span class="space"></span>
<span class="quiet">created ${moment(job.createTime)} · <strong>${elapsed(job.startTime, job.endTime, clock.now())}</strong></span>
${cancelButton(name, isFinal(job.state) || job.state === "JOB_STATE_CANCELLING", "Its processes are stopped.")}</div></header>
${failure(job.error)}
${section(
  "Log",
  html`${
    job.replicas.length > 1 &&
    html`<nav class="tabs" aria-label="Replica">${job.replicas.map(
      ({ pool, index }, position) =>
        html`<a href="${query({ replica: position })}"${position === chosen && html` aria-current="true"`}>workerpool${pool}-${index}</a>`,
    )}</nav>`
  }${customJobLog(context, name, chosen, asked)}`,
)}
${section("Worker pools", workerPoolSpecs.map(workerPool))}
${section(
  "Job",
  facts([
    ["Name", html`<code>${name}</code>`],
    ["Labels", labels(given)],
    [
      "Output folder",
      baseOutputDirectory?.outputUriPrefix && html`<code>${baseOutputDirectory.outputUriPrefix}</code>`,
    ],
    ["Strategy", scheduling.strategy],
    ["Timeout", scheduling.timeout !== undefined && duration(fromDuration(scheduling.timeout))],
    [
      "Waits for machines",
      scheduling.maxWaitDuration !== undefined && duration(fromDuration(scheduling.maxWaitDuration)),
    ],
    ["Restarts", job.jobRestarts > 0 && job.jobRestarts],
    ["Started", job.startTime !== undefined && moment(job.startTime)],
    ["Ended", job.endTime !== undefined && moment(job.endTime)],
  ]),
)}`;
  return { title: displayName, area: "customJobs", layout: "list", main };
}

/** The log of one of its replicas. */
export function customJobLog({ customJobs }: PageContext, name: string, position: number, asked: Query): Html {
  const job = customJobs.get(name);
  const replica = job.replicas[position];
  return logView(
    {
      path: `${pathOf(name)}/log`,
      source: { replica: String(position) },
      folders: replica === undefined ? [] : customJobs.processFolders(name, replica),
      live: !isFinal(job.state),
      failed: job.state === "JOB_STATE_FAILED",
    },
    asked,
  );
}

function workerPool(pool: WorkerPoolMessage, index: number): Html {
  const { imageUri = "", command = [], args = [], env = [] } = pool.containerSpec ?? {};
  return html`<article class="artifact"><p><span class="type">workerpool${index}</span> ${machines(pool)}</p>
<p class="uri"><code>${imageUri}</code></p>
${command.length + args.length > 0 && html`<pre tabindex="0">${[...command, ...args].join("\n")}</pre>`}
${
  env.length > 0 && values("Environment", Object.fromEntries(env.map(({ name = "", value = "" }) => [name, value])))
}</article>`;
}
