import type { EvaluationRecord } from "../../models/evaluations.ts";
import { fromValue, isObject, type JsonObject } from "../../wire/json.ts";
import { idOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { moment, valueText } from "../format.ts";
import { type Html, html } from "../html.ts";
import { pathOf } from "../links.ts";
import { classifications } from "../metrics/classification.ts";
import { metricsView } from "../metrics/metrics.ts";
import { type Column, facts, section, table } from "../parts.ts";

const mostColumns = 8;

export function evaluationView({ evaluations }: PageContext, model: string, name: string): View {
  const evaluation = evaluations.get(name);
  const { displayName, metricsSchemaUri } = evaluation.message;
  const title = displayName || `Evaluation ${idOf(name)}`;
  const slices = evaluations.slices(name);
  const overall = metricsOf(evaluation);
  const main = html`<header class="subject"><p class="crumbs"><a href="/models">Models</a> / <a href="${pathOf(model)}">${idOf(model)}</a> / ${idOf(name)}</p><h1>${title}</h1></header>
${section("Metrics", metricsView(overall))}
${slices.length > 0 && section("Slices", html`${sliceTable(slices, overall)}${slices.map(slicePlots)}`)}
${section(
  "Evaluation",
  facts([
    ["Name", html`<code>${name}</code>`],
    ["Created", moment(evaluation.createTime)],
    ["Schema", metricsSchemaUri && html`<code>${metricsSchemaUri}</code>`],
  ]),
)}`;
  return { title, area: "models", layout: "list", main };
}

/** Evaluations of a model's versions, with what they measured. */
export function evaluationTable(evaluations: readonly (readonly [version: string, EvaluationRecord])[]): Html {
  const names = numberNames(evaluations.map(([, evaluation]) => metricsOf(evaluation)));
  const columns: readonly Column<(typeof evaluations)[number]>[] = [
    { title: "Version", cell: ([version]) => html`<strong>${version}</strong>` },
    {
      title: "Evaluation",
      cell: ([, { name, message }]) => html`<a href="${pathOf(name)}">${message.displayName || idOf(name)}</a>`,
    },
    ...names.map((metric) => ({
      title: metric,
      numeric: true as const,
      cell: ([, evaluation]: (typeof evaluations)[number]) => valueText(metricsOf(evaluation)[metric] ?? "–"),
    })),
    { title: "Created", cell: ([, { createTime }]) => moment(createTime) },
  ];
  return table("Evaluations", columns, evaluations);
}

export function metricsOf({ message }: EvaluationRecord): JsonObject {
  const metrics = message.metrics === undefined ? {} : fromValue(message.metrics);
  return isObject(metrics) ? metrics : { metrics };
}

/** Each slice beside all rows together: what is lower stands out. */
function sliceTable(slices: readonly EvaluationRecord[], overall: JsonObject): Html {
  const names = numberNames(slices.map(metricsOf));
  const columns: readonly Column<EvaluationRecord>[] = [
    { title: "Slice", cell: (slice) => html`<strong>${sliceName(slice)}</strong>` },
    ...names.map((metric) => ({
      title: metric,
      numeric: true as const,
      cell: (slice: EvaluationRecord) => beside(metricsOf(slice)[metric], overall[metric]),
    })),
  ];
  return table("Slices", columns, slices);
}

function beside(value: unknown, whole: unknown): Html {
  if (typeof value !== "number") return html`<span class="quiet">–</span>`;
  if (typeof whole !== "number") return html`${valueText(value)}`;
  return html`${valueText(value)}<div class="minor">${difference(value - whole)}</div>`;
}

/** With its sign, `+0.012`. */
export function difference(value: number): string {
  if (value === 0) return "±0";
  return `${value > 0 ? "+" : "−"}${valueText(Math.abs(Number(value.toPrecision(3))))}`;
}

function slicePlots(slice: EvaluationRecord): Html | false {
  const metrics = metricsOf(slice);
  if (classifications(metrics).length === 0) return false;
  return html`<details class="long" id="slice-${idOf(slice.name)}"><summary>Matrix and curve of ${sliceName(slice)}</summary>${metricsView(metrics)}</details>`;
}

function sliceName({ message: { slice = {} } }: EvaluationRecord): string {
  return `${slice.dimension ?? "?"} = ${slice.value ?? "?"}`;
}

function numberNames(all: readonly JsonObject[]): readonly string[] {
  const names = all.flatMap((metrics) => Object.keys(metrics).filter((name) => typeof metrics[name] === "number"));
  return [...new Set(names)].slice(0, mostColumns);
}
