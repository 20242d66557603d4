import { linearScale, tickText } from "../charts/scale.ts";
import { valueText } from "../format.ts";
import { type Html, html } from "../html.ts";
import { objectiveOf, type Study } from "./trials.ts";

const width = 560;
const height = 240;
const frame = { left: 56, right: 14, top: 12, bottom: 36 };

/** The objective of each trial, in their order, and the best so far. */
export function objectivePlot({ trials, objective, minimize, best }: Study): Html | null {
  const points = trials.flatMap((trial, index) => {
    const value = objectiveOf(trial, objective);
    return value === undefined ? [] : [{ trial, index, value }];
  });
  if (points.length < 2) return null;
  const x = linearScale([1, trials.length], frame.left, width - frame.right, 6);
  const y = linearScale(
    points.map(({ value }) => value),
    height - frame.bottom,
    frame.top,
  );
  let leading = minimize ? Infinity : -Infinity;
  const steps = points.map(({ index, value }) => {
    leading = minimize ? Math.min(leading, value) : Math.max(leading, value);
    return `${x.at(index + 1)} ${y.at(leading)}`;
  });
  const line = steps.map((step, index) => (index === 0 ? `M${step}` : `H${step.replace(" ", "V")}`)).join("");
  return html`<figure class="chart"><figcaption>${objective}<small>${minimize ? "less is better" : "more is better"}; the line is the best so far</small></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${objective} of ${points.length} trials">
${y.ticks.map(
  (tick) => html`<path class="grid" d="M${frame.left} ${y.at(tick)}H${width - frame.right}"/>
<text x="${frame.left - 8}" y="${y.at(tick) + 3.5}" text-anchor="end">${tickText(tick)}</text>`,
)}
${x.ticks
  .filter((tick) => Number.isInteger(tick) && tick >= 1 && tick <= trials.length)
  .map((tick) => html`<text x="${x.at(tick)}" y="${height - frame.bottom + 16}" text-anchor="middle">${tick}</text>`)}
<text class="axis" x="${(frame.left + width - frame.right) / 2}" y="${height - 4}" text-anchor="middle">Trial</text>
<path class="leading" d="${line}"/>
${points.map(
  ({ trial, index, value }) =>
    html`<circle class="${trial === best ? "best" : "point"}" cx="${x.at(index + 1)}" cy="${y.at(value)}" r="${trial === best ? 5 : 3.5}"><title>Trial ${trial.id}: ${valueText(value)}</title></circle>`,
)}
</svg></figure>`;
}
