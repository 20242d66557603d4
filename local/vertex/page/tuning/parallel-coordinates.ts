import type { Domain, Parameter, Value } from "../../hyperparameter-tuning/study/space.ts";
import { linearScale, logScale, round, tickText } from "../charts/scale.ts";
import { valueText } from "../format.ts";
import { type Html, html } from "../html.ts";
import { objectiveOf, parameterOf, type Study } from "./trials.ts";

const height = 260;
const top = 34;
const bottom = height - 18;
const between = 130;
const margin = 62;
const mostTrials = 300;

interface Axis {
  readonly title: string;
  at(value: Value): number;
  readonly ticks: readonly (readonly [value: Value, text: string])[];
}

/** One line a trial, through the values of its parameters to its objective: the better, the stronger. */
export function parallelCoordinates({ trials, parameters, objective, minimize, best }: Study): Html | null {
  const ended = trials.flatMap((trial) => {
    const value = objectiveOf(trial, objective);
    return value === undefined ? [] : [{ trial, value }];
  });
  if (ended.length < 2) return null;
  const scale = linearScale(
    ended.map(({ value }) => value),
    bottom,
    top,
  );
  const last: Axis = {
    title: objective,
    at: (value) => scale.at(Number(value)),
    ticks: scale.ticks.map((tick) => [tick, tickText(tick)]),
  };
  const axes = [...parameters.map(axisOf), last];
  const width = 2 * margin + between * (axes.length - 1);
  const x = (index: number) => margin + index * between;
  const ranked = ended.toSorted((a, b) => (minimize ? b.value - a.value : a.value - b.value)).slice(-mostTrials);
  const lines = ranked.map(({ trial, value }, rank) => {
    const values = [...parameters.map((parameter) => parameterOf(trial, parameter)), value];
    const points = values.flatMap((each, index) =>
      each === undefined ? [] : [`${x(index)} ${axes[index]?.at(each) ?? 0}`],
    );
    const strength = round(0.12 + 0.6 * ((rank + 1) / ranked.length) ** 3);
    return html`<path class="${trial === best ? "trial best" : "trial"}" stroke-opacity="${trial === best ? 1 : strength}" d="M${points.join("L")}"><title>Trial ${trial.id}: ${valueText(value)}</title></path>`;
  });
  return html`<figure class="chart parallel"><figcaption>Parameters and ${objective}<small>one line a trial; the better, the stronger</small></figcaption>
<div class="scroll" tabindex="0" role="region" aria-label="Parameters of the trials"><svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Parameters and ${objective} of ${ended.length} trials">
${lines}
${axes.map(
  ({ title, at, ticks }, index) => html`<path class="rod" d="M${x(index)} ${top}V${bottom}"/>
<text class="title" x="${x(index)}" y="14" text-anchor="middle">${shortened(title, 20)}<title>${title}</title></text>
${ticks.map(
  ([value, text]) => html`<text class="tick" x="${x(index) + 7}" y="${at(value) + 3.5}">${shortened(text, 14)}</text>`,
)}`,
)}
</svg></div></figure>`;
}

function axisOf({ id, domain }: Parameter): Axis {
  if (domain.kind === "categorical" || domain.kind === "discrete") return steps(id, domain.values);
  const { min, max, scale } = domain;
  const made = scale === "log" && min > 0 ? logScale(min, max, bottom, top) : exact(domain);
  return { title: id, at: (value) => made.at(Number(value)), ticks: made.ticks.map((tick) => [tick, tickText(tick)]) };
}

/** From the least value to the greatest, which are its ticks. */
function exact({ min, max }: Extract<Domain, { readonly min: number }>) {
  const span = max - min || 1;
  return {
    at: (value: number) => round(bottom + ((value - min) / span) * (top - bottom)),
    ticks: [...new Set([min, (min + max) / 2, max])],
  };
}

function steps(title: string, values: readonly Value[]): Axis {
  const at = (value: Value) => {
    const place = values.length < 2 ? 0.5 : values.indexOf(value) / (values.length - 1);
    return round(bottom + place * (top - bottom));
  };
  return { title, at, ticks: values.map((value) => [value, String(value)]) };
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
