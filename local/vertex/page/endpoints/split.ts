import type { EndpointRecord } from "../../endpoints/records.ts";
import { type Html, html } from "../html.ts";
import { tones } from "../tones.ts";

/** An endpoint's deployed models have theirs by their order. */
export function toneOf({ deployedModels }: EndpointRecord, id: string): string {
  return tones[deployedModels.findIndex((deployed) => deployed.id === id) % tones.length] ?? "quiet";
}

/** Who gets which part of the requests, as one bar. */
export function splitBar(endpoint: EndpointRecord): Html {
  const { trafficSplit, deployedModels } = endpoint;
  const parts = deployedModels.flatMap(({ id, displayName }) => {
    const percent = trafficSplit[id] ?? 0;
    return percent === 0 ? [] : [{ id, displayName, percent }];
  });
  if (parts.length === 0) return html`<span class="quiet">no traffic</span>`;
  let before = 0;
  const told = parts.map(({ displayName, id, percent }) => `${displayName || id} ${percent} %`).join(", ");
  return html`<svg class="split" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="Traffic: ${told}">${parts.map(
    ({ id, displayName, percent }) => {
      const x = before;
      before += percent;
      return html`<rect class="fill-${toneOf(endpoint, id)}" x="${x}" width="${percent - (before < 100 ? 0.4 : 0)}" height="10"><title>${displayName || id}: ${percent} %</title></rect>`;
    },
  )}</svg>`;
}
