/** What runs at once, at most. Vertex gives every task its own machine, so the limits are settings and not this machine's cores. */
export interface CapacityLimits {
  readonly processes: number;
  /** Sum of what tasks request; null for no limit. */
  readonly cpus: number | null;
  /** Bytes; null for no limit. */
  readonly memory: number | null;
}

export interface Request {
  /** Places; one when left out. */
  readonly processes?: number;
  /** Of all of them together. */
  readonly cpus: number;
  /** Bytes, of all of them together. */
  readonly memory: number;
}

interface Waiter {
  readonly request: Request;
  readonly admit: () => void;
}

/**
 * First come, first served; a request above a limit runs alone rather than never. Who needs several places gets all of
 * them at once, so that nobody holds some while waiting for those that another holds. Places are given away in turns of
 * the event loop: to start a process blocks for some milliseconds, and in between clients have to be answered.
 */
export class Capacity {
  readonly #limits: CapacityLimits;
  #processes = 0;
  #cpus = 0;
  #memory = 0;
  #waiting: Waiter[] = [];
  #turn: Promise<void> = Promise.resolve();

  constructor(limits: CapacityLimits) {
    this.#limits = limits;
  }

  /** Takes its places without waiting, for what runs already; gives the function that gives it back. */
  hold(request: Request): () => void {
    this.#take(request, 1);
    return this.#releaser(request);
  }

  /** Resolves with the function that gives the places back. Rejects with the signal's reason once it is aborted. */
  async acquire(request: Request, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#waiting.length > 0 || !this.#fits(request)) await this.#wait(request, signal);
    else this.#take(request, 1);
    const release = this.#releaser(request);
    this.#turn = this.#turn.then(() => new Promise((resolve) => setImmediate(resolve)));
    await this.#turn;
    if (!signal.aborted) return release;
    release();
    throw signal.reason;
  }

  #releaser(request: Request): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#take(request, -1);
      this.#admit();
    };
  }

  #wait(request: Request, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        reject(signal.reason);
        this.#admit();
      };
      const waiter: Waiter = {
        request,
        admit: () => {
          signal.removeEventListener("abort", onAbort);
          this.#take(request, 1);
          resolve();
        },
      };
      this.#waiting.push(waiter);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.request); next = this.#waiting[0]) {
      this.#waiting.shift();
      next.admit();
    }
  }

  #fits(request: Request): boolean {
    if (this.#processes === 0) return true;
    const { processes, cpus, memory } = this.#limits;
    return (
      this.#processes + (request.processes ?? 1) <= processes &&
      (cpus === null || this.#cpus + request.cpus <= cpus) &&
      (memory === null || this.#memory + request.memory <= memory)
    );
  }

  #take(request: Request, sign: 1 | -1): void {
    this.#processes += sign * (request.processes ?? 1);
    this.#cpus += sign * request.cpus;
    this.#memory += sign * request.memory;
  }
}
