import type { Status, VertexError } from "../wire/errors.ts";
import type { CompletionStats } from "./records.ts";

/** "This field never exceeds 20 entries", says the API of partial_failures. */
const mostFailures = 20;

export interface Told {
  readonly completionStats: CompletionStats;
  readonly partialFailures: readonly Status[];
}

/** What became of a job's instances. */
export class Tally {
  readonly #total: number;
  readonly #tell: (told: Told) => void;
  readonly #failures = new Map<string, VertexError>();
  #successful = 0;
  #failed = 0;

  constructor(total: number, tell: (told: Told) => void) {
    this.#total = total;
    this.#tell = tell;
    this.#told();
  }

  succeeded(count: number): void {
    this.#successful += count;
    this.#told();
  }

  failed(count: number, error: VertexError): void {
    this.#failed += count;
    if (this.#failures.size < mostFailures) this.#failures.set(error.message, error);
    this.#told();
  }

  /** A job without a single prediction has failed. */
  throwIfAllFailed(): void {
    const [first] = this.#failures.values();
    if (this.#successful === 0 && first !== undefined) throw first;
  }

  #told(): void {
    this.#tell({
      completionStats: {
        successfulCount: this.#successful,
        failedCount: this.#failed,
        incompleteCount: this.#total - this.#successful - this.#failed,
      },
      partialFailures: [...this.#failures.values()].map((error) => error.toStatus()),
    });
  }
}
