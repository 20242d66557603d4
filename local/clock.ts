/** Time, as every local server sees it, so that tests can drive a ten-minute wait in milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `milliseconds`; rejects with the signal's reason as soon as it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once, after `milliseconds`, unless cancelled before. A pending timer keeps no process alive. */
  schedule(milliseconds: number, callback: () => void): Timer;
}

export interface Timer {
  /** Does nothing when the timer has fired already. */
  cancel(): void;
}

/** The machine's own clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => sleepOn(realClock, milliseconds, signal),
  schedule(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A clock that stands still until `advance` moves it. */
export class DrivenClock implements Clock {
  #now: number;
  #pending: Entry[] = [];

  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#pending.length;
  }

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, milliseconds, signal);
  }

  schedule(milliseconds: number, callback: () => void): Timer {
    const entry = { due: this.#now + Math.max(0, milliseconds), callback };
    this.#pending.push(entry);
    return { cancel: () => this.#remove(entry) };
  }

  /**
   * Moves time on, firing what falls due in order, at its own time; after each, promises settle, so that a timer set
   * by what was woken fires too when it is due within the same span.
   */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (let next = this.#nextDue(end); next !== undefined; next = this.#nextDue(end)) {
      this.#remove(next);
      this.#now = next.due;
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  #nextDue(end: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#pending) {
      if (entry.due <= end && (first === undefined || entry.due < first.due)) first = entry;
    }
    return first;
  }

  #remove(entry: Entry): void {
    this.#pending = this.#pending.filter((other) => other !== entry);
  }
}

interface Entry {
  readonly due: number;
  readonly callback: () => void;
}

function sleepOn(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (signal?.aborted) {
    reject(signal.reason);
    return promise;
  }
  const onAbort = () => {
    timer.cancel();
    reject(signal?.reason);
  };
  const timer = clock.schedule(milliseconds, () => {
    signal?.removeEventListener("abort", onAbort);
    resolve();
  });
  signal?.addEventListener("abort", onAbort, { once: true });
  return promise;
}

/** Lets everything run that needs neither time nor the outside. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
