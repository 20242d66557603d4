import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../wire/json.ts";
import { idOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { elapsed, moment, valueText } from "../format.ts";
import { type Content, type Html, html, nothing } from "../html.ts";
import { pathOf } from "../links.ts";
import type { Query } from "../live.ts";
import { confusionMatrixTable } from "../metrics/confusion-matrix.ts";
import { rocCurves } from "../metrics/roc-curve.ts";
import { difference } from "../models/evaluation.ts";
import { empty, section } from "../parts.ts";
import { badge, dot, lookOf } from "../state.ts";
import { tones } from "../tones.ts";
import { comparison } from "./comparison.ts";
import { type Measured, measured, namesIn } from "./measured.ts";

/** More do not stand side by side. */
const mostJobs = 8;
const mostRows = 500;

/** Jobs side by side: what went in, what came out, how long it took. */
export function compareView({ pipelineJobs, clock }: PageContext, asked: Query): View {
  const names = [...new Set(asked.getAll("job"))].slice(0, mostJobs);
  const only = asked.get("show") === "differences";
  const all = names.map((name) => measured(pipelineJobs.get(name), pipelineJobs.ledger(name).list()));
  const main = html`<header class="subject"><p class="crumbs"><a href="/pipelineJobs">Pipeline jobs</a> / Compare</p><h1>Compare jobs</h1></header>
${all.length < 2 ? empty(html`Choose two jobs or more <a href="/pipelineJobs">in the list</a>, and <em>Compare</em>.`) : tables(all, only, clock.now())}`;
  return { title: "Compare jobs", area: "pipelineJobs", layout: "list", main };
}

function tables(all: readonly Measured[], only: boolean, now: number): Html {
  const jobs = all.map(({ job }) => job);
  const to = (show: string) => `${comparison(jobs.map(({ name }) => name))}&show=${show}`.replace("/compare", "");
  const mark = html` aria-current="true"`;
  return html`<nav class="tabs" aria-label="Rows"><a href="${to("all")}"${!only && mark}>All</a><a href="${to("differences")}"${only && mark}>Only differences</a></nav>
<div class="scroll compare" tabindex="0" role="region" aria-label="Comparison"><table aria-label="Comparison">
<thead><tr><td></td>${jobs.map(({ name, displayName }, index) => html`<th scope="col"><span class="key fill-${tones[index % tones.length]}"></span> <a href="${pathOf(name)}">${displayName}</a><div class="minor">${idOf(name)}${jobs.length > 2 && html` <a href="${comparison(jobs.filter((job) => job.name !== name).map((job) => job.name))}" aria-label="Leave out ${idOf(name)}">leave out</a>`}</div></th>`)}</tr></thead>
<tbody>
${row(
  "State",
  jobs.map(({ state }) => badge(lookOf(state))),
)}
${row(
  "Pipeline",
  jobs.map(({ pipelineName }) => pipelineName),
)}
${row(
  "Created",
  jobs.map(({ createTime }) => moment(createTime)),
)}
${row(
  "Duration",
  jobs.map(({ startTime, endTime }) => elapsed(startTime, endTime, now)),
)}
</tbody>
${group(
  "Metrics",
  all.map(({ metrics }) => metrics),
  only,
  numbers,
)}
${group(
  "Parameters",
  all.map(({ parameters }) => parameters),
  only,
  (values) => values.map(plain),
)}
${group(
  "Tasks",
  all.map(({ tasks }) => tasks),
  only,
  (tasks) =>
    tasks.map((task) =>
      task === undefined ? absent : html`${dot(lookOf(task.state))} ${elapsed(task.startTime, task.endTime, now)}`,
    ),
  (a, b) => a.state === b.state,
)}
</table></div>
${plots(all)}`;
}

const absent = html`<span class="quiet">–</span>`;

/** Rows of one kind; what is not the same everywhere stands out. */
function group<T>(
  title: string,
  records: readonly Readonly<Record<string, T>>[],
  only: boolean,
  cells: (values: readonly (T | undefined)[]) => readonly Content[],
  same: (one: T, other: T) => boolean = isDeepStrictEqual,
): Html {
  const rows = namesIn(records).flatMap((name) => {
    const values = records.map((record) => record[name]);
    const [first] = values;
    const differs = values.some((value) =>
      value === undefined || first === undefined ? value !== first : !same(value, first),
    );
    return only && !differs ? [] : [row(name, cells(values), differs)];
  });
  if (rows.length === 0) return nothing;
  return html`<tbody><tr class="group"><th scope="rowgroup" colspan="${records.length + 1}">${title}</th></tr>${rows.slice(0, mostRows)}</tbody>`;
}

function row(name: string, cells: readonly Content[], differs = false): Html {
  return html`<tr class="${differs ? "differs" : ""}"><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
}

function plain(value: Json | undefined): Html {
  if (value === undefined) return absent;
  const text = valueText(value);
  return html`<span class="value">${text.length > 200 ? `${text.slice(0, 200)}…` : text}</span>`;
}

/** With a bar each, from the least to the greatest, and what is gained on the first. */
function numbers(values: readonly (Json | undefined)[]): readonly Html[] {
  const given = values.filter((value) => typeof value === "number");
  const most = Math.max(0, ...given);
  const least = Math.min(0, ...given);
  const span = most - least || 1;
  const [first] = values;
  return values.map((value, index) => {
    if (typeof value !== "number") return absent;
    const width = Math.round((Math.abs(value) / span) * 1000) / 10;
    const change = index > 0 && typeof first === "number" && difference(value - first);
    return html`<span class="measure"><strong>${valueText(value)}</strong>${change !== false && html` <span class="quiet">${change}</span>`}<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="4"/><rect class="fill-${tones[index % tones.length]}" width="${width}" height="4"/></svg></span>`;
  });
}

function plots(all: readonly Measured[]): Html {
  const names = namesIn(all.map(({ classifications }) => classifications));
  return html`${names.map((name) => {
    const found = all.flatMap(({ job, classifications }, index) => {
      const classification = classifications[name];
      const tone = tones[index % tones.length] ?? "blue";
      return classification === undefined ? [] : [{ title: idOf(job.name), tone, ...classification }];
    });
    const curves = found.filter(({ curve }) => curve.length > 0);
    return section(
      name,
      html`<div class="plots">${curves.length > 0 && rocCurves(curves)}${found.map(
        ({ title, confusionMatrix }) =>
          confusionMatrix !== null && html`<div><h3>${title}</h3>${confusionMatrixTable(confusionMatrix)}</div>`,
      )}</div>`,
    );
  })}`;
}
