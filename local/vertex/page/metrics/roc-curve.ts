import { type Html, html } from "../html.ts";
import { areaUnder, type CurvePoint } from "./classification.ts";

const size = 220;
const left = 40;
const bottom = 34;
const top = 10;
const ticks = [0, 0.25, 0.5, 0.75, 1];

export interface NamedCurve {
  readonly title: string;
  readonly tone: string;
  readonly curve: readonly CurvePoint[];
}

/** The ROC curve as a drawing: false positives to the right, recall upwards. */
export function rocCurve(curve: readonly CurvePoint[]): Html {
  const area = areaUnder(curve).toFixed(3);
  return figure(
    html`area under it: ${area}`,
    `ROC curve, area under it ${area}`,
    html`${under(curve)}${line("blue", curve)}`,
  );
}

/** Several in one drawing. */
export function rocCurves(curves: readonly NamedCurve[]): Html {
  const legend = curves.map(
    ({ title, tone, curve }) =>
      html`<span class="legend"><span class="key fill-${tone}"></span> ${title}: ${areaUnder(curve).toFixed(3)}</span>`,
  );
  const told = curves.map(({ title, curve }) => `${title} ${areaUnder(curve).toFixed(3)}`).join(", ");
  return figure(
    html`areas under them ${legend}`,
    `ROC curves, areas under them: ${told}`,
    html`${curves.map(({ tone, curve }) => line(tone, curve))}`,
  );
}

function figure(about: Html, label: string, drawn: Html): Html {
  return html`<figure class="curve"><figcaption>ROC curve<small>${about}</small></figcaption>
<svg viewBox="0 0 ${left + size + 16} ${top + size + bottom}" role="img" aria-label="${label}">
${ticks.map(
  (tick) => html`<path class="grid" d="M${x(tick)} ${y(0)}V${y(1)}M${x(0)} ${y(tick)}H${x(1)}"/>
<text x="${x(tick)}" y="${y(0) + 15}" text-anchor="middle">${tick}</text>
<text x="${x(0) - 7}" y="${y(tick) + 3.5}" text-anchor="end">${tick}</text>`,
)}
<path class="chance" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>
${drawn}
<text class="axis" x="${x(0.5)}" y="${y(0) + 30}" text-anchor="middle">False positive rate</text>
<text class="axis" transform="translate(10 ${y(0.5)}) rotate(-90)" text-anchor="middle">True positive rate</text>
</svg></figure>`;
}

function under(curve: readonly CurvePoint[]): Html {
  return html`<polygon class="under" points="${pointsOf(curve)} ${x(1)},${y(0)} ${x(0)},${y(0)}"/>`;
}

function line(tone: string, curve: readonly CurvePoint[]): Html {
  return html`<polyline class="roc stroke-${tone}" points="${pointsOf(curve)}"/>${curve.length <= 60 && curve.map((point) => pointAt(tone, point))}`;
}

function pointAt(tone: string, { threshold, recall, falsePositiveRate }: CurvePoint): Html {
  const told = `threshold ${short(threshold)}: recall ${short(recall)}, false positives ${short(falsePositiveRate)}`;
  return html`<circle class="stroke-${tone}" cx="${x(falsePositiveRate)}" cy="${y(recall)}" r="3"><title>${told}</title></circle>`;
}

function pointsOf(curve: readonly CurvePoint[]): string {
  const points = [{ falsePositiveRate: 0, recall: 0 }, ...curve, { falsePositiveRate: 1, recall: 1 }];
  return points.map(({ falsePositiveRate, recall }) => `${x(falsePositiveRate)},${y(recall)}`).join(" ");
}

function x(value: number): number {
  return round(left + value * size);
}

function y(value: number): number {
  return round(top + (1 - value) * size);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
