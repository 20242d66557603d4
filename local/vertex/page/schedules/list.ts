import type { PipelineJobRecord } from "../../pipeline-jobs/records.ts";
import type { ScheduleRecord } from "../../schedules/records.ts";
import { scheduleFields } from "../../schedules/service.ts";
import { idOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { comes, moment } from "../format.ts";
import { type Html, html } from "../html.ts";
import { linkTo, pathOf } from "../links.ts";
import type { Query } from "../live.ts";
import type { Column } from "../parts.ts";
import { resourceList } from "../resource-list.ts";
import { badge, dot, lookOf } from "../state.ts";

/** As many of its latest jobs are shown in a row. */
const mostDots = 10;

export function scheduleList({ schedules, pipelineJobs, clock }: PageContext, asked: Query): View {
  const now = clock.now();
  const jobs = Map.groupBy(pipelineJobs.list(), ({ scheduleName }) => scheduleName);
  const columns: readonly Column<ScheduleRecord>[] = [
    { title: "State", cell: ({ state }) => badge(lookOf(state)) },
    {
      title: "Schedule",
      cell: ({ name, message }) =>
        html`${linkTo(name, message.displayName || idOf(name))}<div class="minor">${idOf(name)}</div>`,
    },
    { title: "Cron", cell: ({ message }) => html`<code>${message.cron}</code>` },
    {
      title: "Next run",
      cell: ({ nextRunTime }) => (nextRunTime === undefined ? moment(undefined) : comes(nextRunTime, now)),
    },
    { title: "Latest jobs", cell: ({ name }) => latestJobs(jobs.get(name) ?? []) },
    { title: "Runs", numeric: true, cell: runs },
  ];
  const main = resourceList(
    {
      path: "/schedules",
      title: "Schedules",
      all: schedules.list(),
      fields: scheduleFields,
      columns,
      shortcuts: [
        ["Active", 'state="ACTIVE"'],
        ["Paused", 'state="PAUSED"'],
        ["Completed", 'state="COMPLETED"'],
      ],
      example: 'A name, or as in the API: state="ACTIVE"',
      whenEmpty: html`No schedule yet. <code>PipelineJob.create_schedule(…)</code> makes one, or any client with ScheduleService.`,
    },
    asked,
  );
  return { title: "Schedules", area: "schedules", layout: "list", main };
}

/** `3`, `3 of 10`. */
export function runs({ startedRunCount, maxRunCount }: ScheduleRecord): string {
  return maxRunCount === 0 ? String(startedRunCount) : `${startedRunCount} of ${maxRunCount}`;
}

function latestJobs(jobs: readonly PipelineJobRecord[]): Html {
  return html`<span class="dots">${jobs
    .slice(-mostDots)
    .map(
      ({ name, state }) => html`<a href="${pathOf(name)}" aria-label="${idOf(name)}">${dot(lookOf(state))}</a>`,
    )}</span>`;
}
