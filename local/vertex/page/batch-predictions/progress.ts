import type { CompletionStats } from "../../batch-prediction/records.ts";
import { type Html, html } from "../html.ts";

/** What became of a job's instances, as one bar. */
export function progressBar(stats: CompletionStats | undefined): Html {
  const { successfulCount = 0, failedCount = 0, incompleteCount = 0 } = stats ?? {};
  const total = successfulCount + failedCount + incompleteCount;
  if (total === 0) return html`<span class="quiet">–</span>`;
  const width = (count: number) => Math.round((count / total) * 1000) / 10;
  const told = `${successfulCount} predicted, ${failedCount} failed, ${incompleteCount} to do`;
  return html`<svg class="split" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${told}"><title>${told}</title><rect class="track" width="100" height="10"/><rect class="fill-green" width="${width(successfulCount)}" height="10"/><rect class="fill-red" x="${width(successfulCount)}" width="${width(failedCount)}" height="10"/></svg>`;
}
