import type { PipelineJobRecord } from "../../pipeline-jobs/records.ts";
import { pipelineJobFields } from "../../pipeline-jobs/service.ts";
import { idOf, locationOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { elapsed, moment } from "../format.ts";
import { html } from "../html.ts";
import { linkTo } from "../links.ts";
import type { Query } from "../live.ts";
import { type Column, labels } from "../parts.ts";
import { resourceList } from "../resource-list.ts";
import { badge, lookOf } from "../state.ts";

export function pipelineJobList({ pipelineJobs, clock }: PageContext, asked: Query): View {
  const now = clock.now();
  const columns: readonly Column<PipelineJobRecord>[] = [
    {
      title: html`<span class="hidden">Compare</span>`,
      cell: ({ name, displayName }) =>
        html`<input type="checkbox" name="job" value="${name}" form="compare" aria-label="Compare ${displayName}">`,
    },
    { title: "State", cell: ({ state }) => badge(lookOf(state)) },
    {
      title: "Job",
      cell: (job) =>
        html`${linkTo(job.name, job.displayName)}<div class="minor">${idOf(job.name)} · ${locationOf(job.name).project}, ${locationOf(job.name).location}</div>`,
    },
    { title: "Pipeline", cell: ({ pipelineName }) => pipelineName },
    { title: "Labels", cell: (job) => labels(job.labels) },
    { title: "Created", cell: ({ createTime }) => moment(createTime) },
    {
      title: "Duration",
      numeric: true,
      cell: ({ startTime, endTime }) => elapsed(startTime, endTime, now),
    },
  ];
  const main = resourceList(
    {
      path: "/pipelineJobs",
      title: "Pipeline jobs",
      aside: html`<form id="compare" action="/compare"><button type="submit">Compare</button></form>`,
      all: pipelineJobs.list(),
      fields: pipelineJobFields,
      columns,
      shortcuts: [
        ["Running", 'state="PIPELINE_STATE_RUNNING"'],
        ["Succeeded", 'state="PIPELINE_STATE_SUCCEEDED"'],
        ["Failed", 'state="PIPELINE_STATE_FAILED"'],
        ["Cancelled", 'state="PIPELINE_STATE_CANCELLED"'],
      ],
      example: 'A name, or as in the API: labels.team="search" AND create_time>"2026-11-01T00:00:00Z"',
      whenEmpty: html`No pipeline job yet. Any client of Vertex AI can submit one: give it this server’s address as its API endpoint.`,
    },
    asked,
  );
  return { title: "Pipeline jobs", area: "pipelineJobs", layout: "list", main };
}
