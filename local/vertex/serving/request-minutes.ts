import type { RequestRecord } from "./request-log.ts";

/** The requests of one minute. */
export interface RequestMinute {
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** Instances in the requests; a request that has none counts as one. */
  predictions: number;
  errors: number;
  /** By HTTP status; 0 where no answer came. */
  readonly responses: Map<number, number>;
  readonly latencies: number[];
}

const minute = 60_000;
/** Six weeks are what Cloud Monitoring keeps of such a metric; a day is what anybody looks at here. */
const kept = 24 * 60;

/** What metrics are made of: requests, minute by minute, as long as the server runs. */
export class RequestMinutes {
  readonly #minutes: RequestMinute[] = [];

  add({ time, milliseconds, status, predictions = 1 }: RequestRecord): void {
    const start = Math.floor(time / minute) * minute;
    let last = this.#minutes.at(-1);
    if (last?.start !== start) {
      last = { start, predictions: 0, errors: 0, responses: new Map(), latencies: [] };
      this.#minutes.push(last);
      if (this.#minutes.length > kept) this.#minutes.shift();
    }
    last.predictions += predictions;
    if (status === null || status >= 400) last.errors++;
    last.responses.set(status ?? 0, (last.responses.get(status ?? 0) ?? 0) + 1);
    last.latencies.push(milliseconds);
  }

  list(): readonly RequestMinute[] {
    return this.#minutes;
  }
}
