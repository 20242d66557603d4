import type { HyperparameterTuningJobRecord } from "../../hyperparameter-tuning/records.ts";
import { hyperparameterTuningJobFields } from "../../hyperparameter-tuning/service.ts";
import { idOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { elapsed, moment, valueText } from "../format.ts";
import { type Html, html } from "../html.ts";
import { linkTo } from "../links.ts";
import type { Query } from "../live.ts";
import type { Column } from "../parts.ts";
import { jobStateShortcuts, resourceList } from "../resource-list.ts";
import { badge, lookOf } from "../state.ts";
import { isTrialFinal } from "./trial-state.ts";
import { objectiveOf, studyOf } from "./trials.ts";

export function tuningJobList({ tunings, clock }: PageContext, asked: Query): View {
  const now = clock.now();
  const columns: readonly Column<HyperparameterTuningJobRecord>[] = [
    { title: "State", cell: ({ state }) => badge(lookOf(state)) },
    {
      title: "Job",
      cell: ({ name, message }) =>
        html`${linkTo(name, message.displayName ?? idOf(name))}<div class="minor">${idOf(name)}</div>`,
    },
    { title: "Trials", cell: trialCount },
    { title: "Best", cell: bestText },
    { title: "Created", cell: ({ createTime }) => moment(createTime) },
    { title: "Duration", numeric: true, cell: ({ startTime, endTime }) => elapsed(startTime, endTime, now) },
  ];
  const main = resourceList(
    {
      path: "/hyperparameterTuningJobs",
      title: "Hyperparameter tuning jobs",
      all: tunings.jobs.list(),
      fields: hyperparameterTuningJobFields,
      columns,
      shortcuts: jobStateShortcuts,
      example: 'A name, or as in the API: labels.team="search"',
      whenEmpty: html`No hyperparameter tuning job yet. <code>HyperparameterTuningJob(…).run()</code> makes one, or a pipeline with Google’s component.`,
    },
    asked,
  );
  return { title: "Hyperparameter tuning jobs", area: "hyperparameterTuningJobs", layout: "list", main };
}

function trialCount({ trials, message }: HyperparameterTuningJobRecord): string {
  return `${trials.filter(isTrialFinal).length} of ${message.maxTrialCount ?? trials.length}`;
}

function bestText(job: HyperparameterTuningJobRecord): Html {
  const { best, objective } = studyOf(job);
  const value = best === null ? undefined : objectiveOf(best, objective);
  if (value === undefined) return html`<span class="quiet">–</span>`;
  return html`<strong>${valueText(value)}</strong> <span class="quiet">${objective}</span>`;
}
