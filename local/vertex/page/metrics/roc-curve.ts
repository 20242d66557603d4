import { type Html, html } from "../html.ts";
import { areaUnder, type CurvePoint } from "./classification.ts";

const size = 220;
const left = 40;
const bottom = 34;
const top = 10;
const ticks = [0, 0.25, 0.5, 0.75, 1];

/** The ROC curve as a drawing: false positives to the right, recall upwards. */
export function rocCurve(curve: readonly CurvePoint[]): Html {
  const x = (value: number) => round(left + value * size);
  const y = (value: number) => round(top + (1 - value) * size);
  const points = [{ falsePositiveRate: 0, recall: 0 }, ...curve, { falsePositiveRate: 1, recall: 1 }];
  const line = points.map(({ falsePositiveRate, recall }) => `${x(falsePositiveRate)},${y(recall)}`).join(" ");
  const area = areaUnder(curve).toFixed(3);
  return html`<figure class="curve"><figcaption>ROC curve<small>area under it: ${area}</small></figcaption>
<svg viewBox="0 0 ${left + size + 16} ${top + size + bottom}" role="img" aria-label="ROC curve, area under it ${area}">
${ticks.map(
  (tick) => html`<path class="grid" d="M${x(tick)} ${y(0)}V${y(1)}M${x(0)} ${y(tick)}H${x(1)}"/>
<text x="${x(tick)}" y="${y(0) + 15}" text-anchor="middle">${tick}</text>
<text x="${x(0) - 7}" y="${y(tick) + 3.5}" text-anchor="end">${tick}</text>`,
)}
<path class="chance" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>
<polygon class="under" points="${line} ${x(1)},${y(0)} ${x(0)},${y(0)}"/>
<polyline class="roc" points="${line}"/>
${curve.length <= 60 && curve.map(pointAt)}
<text class="axis" x="${x(0.5)}" y="${y(0) + 30}" text-anchor="middle">False positive rate</text>
<text class="axis" transform="translate(10 ${y(0.5)}) rotate(-90)" text-anchor="middle">True positive rate</text>
</svg></figure>`;

  function pointAt({ threshold, recall, falsePositiveRate }: CurvePoint): Html {
    const told = `threshold ${short(threshold)}: recall ${short(recall)}, false positives ${short(falsePositiveRate)}`;
    return html`<circle cx="${x(falsePositiveRate)}" cy="${y(recall)}" r="3"><title>${told}</title></circle>`;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
