import type { Domain, Parameter, Value } from "../../hyperparameter-tuning/study/space.ts";
import { linearScale, logScale, round, type Scale, tickText } from "../charts/scale.ts";
import { valueText } from "../format.ts";
import { type Html, html, nothing } from "../html.ts";
import { section } from "../parts.ts";
import { objectiveOf, parameterOf, type Study } from "./trials.ts";

const width = 250;
const height = 170;
const frame = { left: 44, right: 12, top: 8, bottom: 34 };
const mostPlots = 12;

/** Of each parameter by itself: its values, and what came of them. */
export function scatterPlots(study: Study): Html {
  const { trials, objective, parameters } = study;
  const values = trials.flatMap((trial) => objectiveOf(trial, objective) ?? []);
  if (values.length < 3) return nothing;
  const y = linearScale(values, height - frame.bottom, frame.top, 3);
  return section(
    "Parameters",
    html`<div class="plots small">${parameters.slice(0, mostPlots).map((parameter) => scatter(parameter, study, y))}</div>`,
  );
}

function scatter(parameter: Parameter, { trials, objective, best }: Study, y: Scale): Html {
  const [at, ticks] = horizontal(parameter.domain);
  const points = trials.flatMap((trial) => {
    const value = parameterOf(trial, parameter);
    const result = objectiveOf(trial, objective);
    if (value === undefined || result === undefined) return [];
    const told = `Trial ${trial.id}: ${parameter.id} ${valueText(value)}, ${objective} ${valueText(result)}`;
    return [
      html`<circle class="${trial === best ? "best" : "point"}" cx="${at(value)}" cy="${y.at(result)}" r="${trial === best ? 4.5 : 3}"><title>${told}</title></circle>`,
    ];
  });
  return html`<figure class="chart"><figcaption>${parameter.id}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${objective} by ${parameter.id}">
${y.ticks.map(
  (tick) => html`<path class="grid" d="M${frame.left} ${y.at(tick)}H${width - frame.right}"/>
<text x="${frame.left - 6}" y="${y.at(tick) + 3.5}" text-anchor="end">${tickText(tick)}</text>`,
)}
${ticks.map(([x, text]) => html`<text x="${x}" y="${height - frame.bottom + 16}" text-anchor="middle">${text}</text>`)}
${points}</svg></figure>`;
}

type Ticks = readonly (readonly [x: number, text: string])[];

function horizontal(domain: Domain): readonly [at: (value: Value) => number, ticks: Ticks] {
  const [from, to] = [frame.left + 10, width - frame.right - 10];
  if (domain.kind === "categorical" || domain.kind === "discrete") {
    const values: readonly Value[] = domain.values;
    const at = (value: Value) => round(from + ((values.indexOf(value) + 0.5) / values.length) * (to - from));
    const every = Math.ceil(values.length / 5);
    return [at, values.filter((_value, index) => index % every === 0).map((value) => [at(value), shortened(value)])];
  }
  const { min, max, scale } = domain;
  if (scale === "log" && min > 0) {
    const made = logScale(min, max, from, to);
    return [(value) => made.at(Number(value)), made.ticks.map((tick) => [made.at(tick), tickText(tick)])];
  }
  const at = (value: Value) => round(from + ((Number(value) - min) / (max - min || 1)) * (to - from));
  return [at, [...new Set([min, max])].map((value) => [at(value), tickText(value)])];
}

function shortened(value: Value): string {
  const text = String(value);
  return text.length <= 9 ? text : `${text.slice(0, 8)}…`;
}
