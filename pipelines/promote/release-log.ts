import type { TrafficSplit } from "./activities.ts";

export interface ReleaseProgress {
  readonly endpoint: string;
  readonly traffic: TrafficSplit;
  readonly entries: readonly { readonly at: string; readonly what: string }[];
}

/** The audit trail of a release, kept for the query and shown in the Temporal UI. */
export class ReleaseLog {
  readonly #endpoint: string;
  readonly #show: (markdown: string) => void;
  readonly #entries: { at: string; what: string }[] = [];
  #traffic: TrafficSplit = {};

  constructor(endpoint: string, show: (markdown: string) => void) {
    this.#endpoint = endpoint;
    this.#show = show;
  }

  add(what: string): void {
    // In a workflow, Date is Temporal's own clock: the same in every replay.
    this.#entries.push({ at: new Date().toISOString(), what });
    this.#show(this.#markdown());
  }

  traffic(split: TrafficSplit): void {
    this.#traffic = split;
  }

  progress(): ReleaseProgress {
    return { endpoint: this.#endpoint, traffic: this.#traffic, entries: [...this.#entries] };
  }

  #markdown(): string {
    const split = Object.entries(this.#traffic).map(([id, share]) => `| \`${id}\` | ${share} % |`);
    const table = split.length > 0 ? ["| deployed model | traffic |", "|---|---|", ...split, ""] : ["No traffic.", ""];
    const trail = this.#entries.map(({ at, what }) => `- \`${at.slice(11, 19)}\` ${what}`);
    return [`### Release on ${this.#endpoint}`, "", ...table, ...trail].join("\n");
  }
}
