import { isFinal } from "../../custom-jobs/records.ts";
import type { TrialRecord } from "../../hyperparameter-tuning/records.ts";
import { idOf } from "../../wire/names.ts";
import { cancelButton } from "../actions.ts";
import type { PageContext } from "../context.ts";
import { machines } from "../custom-jobs/list.ts";
import type { View } from "../document.ts";
import { counted, elapsed, moment, valueText } from "../format.ts";
import { headlineOf } from "../headline.ts";
import { type Html, html, nothing } from "../html.ts";
import { linkTo, query } from "../links.ts";
import type { Query } from "../live.ts";
import { type Column, empty, facts, failure, labels, section, table } from "../parts.ts";
import { badge, lookOf } from "../state.ts";
import { objectivePlot } from "./objective-plot.ts";
import { parallelCoordinates } from "./parallel-coordinates.ts";
import { scatterPlots } from "./scatter-plots.ts";
import { trialBadge } from "./trial-state.ts";
import { objectiveOf, parameterOf, type Study, studyOf } from "./trials.ts";

export function tuningJobView({ tunings, clock }: PageContext, name: string, asked: Query): View {
  const job = tunings.jobs.get(name);
  const { displayName = idOf(name), studySpec = {}, trialJobSpec, maxTrialCount, parallelTrialCount } = job.message;
  const study = studyOf(job);
  const now = clock.now();
  const plots = [objectivePlot(study), parallelCoordinates(study)].filter((plot) => plot !== null);
  const main = html`<header class="subject run">
<p class="crumbs"><a href="/hyperparameterTuningJobs">Hyperparameter tuning jobs</a> / ${idOf(name)}</p>
<div class="headline"><h1>${displayName}</h1>${badge(lookOf(job.state))}<span class="space"></span>
<span class="quiet">created ${moment(job.createTime)} · <strong>${elapsed(job.startTime, job.endTime, now)}</strong></span>
${cancelButton(name, isFinal(job.state) || job.state === "JOB_STATE_CANCELLING", "The trials that run are stopped.")}</div></header>
${failure(job.error)}
${bestTrial(study)}
${plots.length > 0 && section("Study", html`<div class="plots">${plots}</div>`)}
${scatterPlots(study)}
${section("Trials", trialTable(study, asked.get("order") === "best", now))}
${section(
  "Job",
  facts([
    ["Objective", `${study.minimize ? "least" : "greatest"} ${study.objective}`],
    ["Algorithm", algorithms[studySpec.algorithm ?? ""] ?? "Bayesian optimization"],
    ["Trials", maxTrialCount !== undefined && `${maxTrialCount}, ${parallelTrialCount ?? 1} at a time`],
    ["Failed trials", job.message.maxFailedTrialCount ? `at most ${job.message.maxFailedTrialCount}` : undefined],
    ["Machines", trialJobSpec?.workerPoolSpecs?.map(machines).join(", ")],
    ["Labels", labels(job.message.labels)],
    ["Name", html`<code>${name}</code>`],
  ]),
)}`;
  return { title: displayName, area: "hyperparameterTuningJobs", layout: "list", main };
}

const algorithms: Readonly<Record<string, string>> = { GRID_SEARCH: "grid search", RANDOM_SEARCH: "random search" };

function bestTrial({ best, objective, parameters }: Study): Html {
  if (best === null) return nothing;
  const values = parameters.flatMap((parameter) => {
    const value = parameterOf(best, parameter);
    return value === undefined ? [] : [html`<div><dt>${parameter.id}</dt><dd>${valueText(value)}</dd></div>`];
  });
  return html`<section class="block best" id="block-best" aria-label="Best trial"><div class="figure"><p class="quiet">Best ${objective}</p><p class="large">${valueText(objectiveOf(best, objective) ?? null)}</p>
<p>${linkTo(best.customJob, `Trial ${best.id}`)}</p></div><dl class="tiles">${values}</dl></section>`;
}

function trialTable(study: Study, byObjective: boolean, now: number): Html {
  const { trials, best, objective, metrics, parameters, minimize } = study;
  if (trials.length === 0) return empty("No trial has begun.");
  const columns: readonly Column<TrialRecord>[] = [
    {
      title: "Trial",
      cell: (trial) =>
        html`${linkTo(trial.customJob, trial.id)}${trial === best && html` <span class="label">best</span>`}`,
    },
    { title: "State", cell: stateCell },
    ...metrics.map((metric) => ({
      title: metric,
      numeric: true as const,
      cell: ({ final, measurements }: TrialRecord) => {
        const value = final?.metrics[metric] ?? measurements.at(-1)?.metrics[metric];
        return value === undefined ? "–" : valueText(value);
      },
    })),
    ...parameters.map((parameter) => ({
      title: parameter.id,
      numeric: true as const,
      cell: (trial: TrialRecord) => {
        const value = parameterOf(trial, parameter);
        return value === undefined ? "–" : valueText(value);
      },
    })),
    { title: "Duration", numeric: true, cell: ({ startTime, endTime }) => elapsed(startTime, endTime, now) },
  ];
  const sign = minimize ? 1 : -1;
  const rank = (trial: TrialRecord) => sign * (objectiveOf(trial, objective) ?? sign * Infinity);
  const shown = byObjective ? trials.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0)) : trials;
  const mark = html` aria-current="true"`;
  return html`<nav class="tabs" aria-label="Order"><a href="${query({ order: "time" })}"${!byObjective && mark}>In their order</a><a href="${query({ order: "best" })}"${byObjective && mark}>Best first</a><span class="quiet">${counted(trials.length, "trial")}</span></nav>
${table("Trials", columns, shown)}`;
}

function stateCell(trial: TrialRecord): Html {
  return html`${trialBadge(trial)}${trial.infeasibleReason !== undefined && html`<div class="minor">${headlineOf(trial.infeasibleReason)}</div>`}`;
}
