import { type Html, html } from "../html.ts";
import type { ConfusionMatrix } from "./classification.ts";

/** More classes than a person can read make a picture alone, without numbers. */
const mostNumbers = 20;
const strong = 0.55;

/** A heat map: the darker, the larger the part of its true class. */
export function confusionMatrixTable({ classes, counts }: ConfusionMatrix): Html {
  const numbers = classes.length <= mostNumbers;
  const rows = counts.map((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count, predicted) => {
      const part = total === 0 ? 0 : count / total;
      const whole = `${classes[truth]} taken for ${classes[predicted]}: ${count} of ${total} (${percent(part)})`;
      const kind = `${truth === predicted ? "right" : "wrong"}${part > strong ? " strong" : ""}`;
      return html`<td class="heat ${kind}" title="${whole}"><svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true"><rect width="1" height="1" fill-opacity="${heat(part)}"/></svg>${numbers && html`${count}<small>${percent(part)}</small>`}</td>`;
    });
    return html`<tr><th scope="row">${classes[truth]}</th>${cells}</tr>`;
  });
  return html`<figure class="confusion"><div class="scroll"><table class="matrix">
<caption>Confusion matrix<small>rows: true class, columns: predicted class</small></caption>
<thead><tr><td></td>${classes.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div></figure>`;
}

/** Between pale and strong is a gap: there no colour of text could be read. */
function heat(part: number): number {
  return Math.round((part > strong ? 0.9 + ((part - strong) / (1 - strong)) * 0.1 : part * 0.9) * 1000) / 1000;
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
