import { type RequestMinute, RequestMinutes } from "./request-minutes.ts";

/** A request that a deployed model got. */
export interface RequestRecord {
  /** When it came; milliseconds since the epoch. */
  readonly time: number;
  readonly milliseconds: number;
  /** HTTP status of the model server's answer; null when none came. */
  readonly status: number | null;
  /** Instances in the request, where it says so. */
  readonly predictions?: number;
}

const kept = 1000;

/** The last requests to a deployed model, as long as the server runs. */
export class RequestLog {
  readonly #last: RequestRecord[] = [];
  readonly #minutes = new RequestMinutes();
  #count = 0;
  #errors = 0;

  add(record: RequestRecord): void {
    this.#count++;
    this.#minutes.add(record);
    if (isError(record)) this.#errors++;
    this.#last.push(record);
    if (this.#last.length > kept) this.#last.shift();
  }

  /** Minute by minute, the oldest first. */
  get minutes(): readonly RequestMinute[] {
    return this.#minutes.list();
  }

  /** Of all that ever came. */
  get count(): number {
    return this.#count;
  }

  get errors(): number {
    return this.#errors;
  }

  /** The newest first. */
  recent(most: number): readonly RequestRecord[] {
    return this.#last.slice(-most).reverse();
  }

  /** Milliseconds that this part (0 to 1) of the last requests stayed within; undefined before the first. */
  latency(part: number): number | undefined {
    const sorted = this.#last.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  }
}

export function isError({ status }: RequestRecord): boolean {
  return status === null || status >= 400;
}
