import type { PipelineJobRecord } from "../../pipeline-jobs/records.ts";
import type { ScheduleRecord } from "../../schedules/records.ts";
import { idOf } from "../../wire/names.ts";
import { actionButton } from "../actions.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { comes, elapsed, moment } from "../format.ts";
import { type Html, html } from "../html.ts";
import { linkTo, query } from "../links.ts";
import { type Column, empty, facts, section, table, values } from "../parts.ts";
import { badge, lookOf } from "../state.ts";
import { runs } from "./list.ts";
import { parameterValues } from "./parameter-values.ts";
import { upcomingRuns } from "./upcoming.ts";

const mostUpcoming = 5;
const mostJobs = 50;

export function scheduleView({ schedules, pipelineJobs, clock }: PageContext, name: string): View {
  const schedule = schedules.get(name);
  const { message, state, startTime, endTime } = schedule;
  const now = clock.now();
  const title = message.displayName || idOf(name);
  const jobs = pipelineJobs.list().filter(({ scheduleName }) => scheduleName === name);
  const parameters = parameterValues(message);
  const main = html`<header class="subject run"><p class="crumbs"><a href="/schedules">Schedules</a> / ${idOf(name)}</p>
<div class="headline"><h1>${title}</h1>${badge(lookOf(state))}<code>${message.cron}</code><span class="space"></span>${button(schedule)}</div></header>
${lastRunFailed(schedule)}
<div class="columns">
${section("Next runs", upcoming(schedule, now))}
${section(
  "Schedule",
  facts([
    ["Runs", runs(schedule)],
    ["At the same time", `at most ${message.maxConcurrentRunCount ?? 1}`],
    ["When there is no room", message.allowQueueing ? "a run waits" : "a run is left out"],
    ["Waiting", schedule.queued.length > 0 && schedule.queued.map((time) => html`<div>${moment(time)}</div>`)],
    ["From", moment(startTime)],
    ["Until", endTime !== undefined && moment(endTime)],
    ["Paused", schedule.lastPauseTime !== undefined && moment(schedule.lastPauseTime)],
    ["Resumed", schedule.lastResumeTime !== undefined && moment(schedule.lastResumeTime)],
    ["Name", html`<code>${name}</code>`],
  ]),
)}
</div>
${section("Jobs", jobs.length === 0 ? empty("It has made none yet.") : jobTable(name, jobs, now))}
${Object.keys(parameters).length > 0 && section("Parameters", values("Parameters", parameters))}`;
  return { title, area: "schedules", layout: "list", main };
}

function button({ name, state }: ScheduleRecord): Html | false {
  if (state === "ACTIVE") return actionButton(name, "pause", "Pause");
  return state === "PAUSED" && actionButton(name, "resume", "Resume");
}

function lastRunFailed({ lastRun }: ScheduleRecord): Html | false {
  if (lastRun === undefined || lastRun.runResponse === "OK") return false;
  return html`<div class="failure" role="group" aria-label="Error"><p>The run of ${moment(lastRun.scheduledRunTime)} could not start: ${lastRun.runResponse}</p></div>`;
}

function upcoming(schedule: ScheduleRecord, now: number): Html {
  const times = upcomingRuns(schedule, now, mostUpcoming);
  if (times.length === 0) return empty("None: it has come to its end.");
  const paused =
    schedule.state === "PAUSED" && html`<p class="note paused">It is paused. Resumed now, it would run:</p>`;
  return html`${paused}<ol class="upcoming">${times.map((time) => html`<li>${comes(time, now)}</li>`)}</ol>`;
}

function jobTable(schedule: string, jobs: readonly PipelineJobRecord[], now: number): Html {
  const columns: readonly Column<PipelineJobRecord>[] = [
    { title: "State", cell: ({ state }) => badge(lookOf(state)) },
    { title: "Job", cell: ({ name }) => linkTo(name) },
    { title: "Created", cell: ({ createTime }) => moment(createTime) },
    { title: "Duration", numeric: true, cell: ({ startTime, endTime }) => elapsed(startTime, endTime, now) },
  ];
  const all = query({ filter: `schedule_name="${schedule}"` });
  return html`${table("Jobs", columns, jobs.toReversed().slice(0, mostJobs))}
<p class="more"><a href="/pipelineJobs${all}">All in the list of jobs</a></p>`;
}
