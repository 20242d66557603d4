/**
 * What has failed for good inside one try of a pipeline. A failure in a try that has a successor stays in it; any other
 * reaches the pipelines around it at once, for the policy FAIL_FAST.
 */
export class FailureScope {
  #failed: boolean;
  readonly #onFailure: () => void;
  readonly #around: FailureScope | undefined;

  private constructor(failed: boolean, onFailure: () => void, around: FailureScope | undefined) {
    this.#failed = failed;
    this.#onFailure = onFailure;
    this.#around = around;
  }

  /** Of a whole job; `failed` is what an earlier server knew of it. */
  static ofJob(failed: boolean, onFailure: () => void): FailureScope {
    return new FailureScope(failed, onFailure, undefined);
  }

  /** Of one try of a pipeline inside. */
  inside(isLastTry: boolean): FailureScope {
    return new FailureScope(false, isLastTry ? () => this.fail() : () => undefined, this);
  }

  fail(): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onFailure();
  }

  get failed(): boolean {
    return this.#failed || (this.#around?.failed ?? false);
  }
}
