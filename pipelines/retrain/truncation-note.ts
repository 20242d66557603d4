import type { Truncation } from "./run.ts";

/** How many training texts are longer than what is read of them, in words; empty where none are. */
export function truncationNote({ maxLength, atLeast, atMost }: Truncation): string {
  if (atMost === 0) return "";
  const share = atLeast === atMost ? percent(atMost) : `between ${percent(atLeast)} and ${percent(atMost)}`;
  return `${share} of the training texts are cut at ${maxLength} tokens`;
}

function percent(share: number): string {
  return share > 0 && share < 0.0001 ? "under 0.01 %" : `${(100 * share).toFixed(share < 0.01 ? 2 : 1)} %`;
}
