import type { Clock } from "../../clock.ts";
import { type Code, VertexError } from "../wire/errors.ts";

/** What can be made to go wrong, each a number of times. */
export interface MethodFault {
  /** `Service.Method`, such as `PipelineService.GetPipelineJob`. */
  readonly method: string;
  /** `RESOURCE_EXHAUSTED` is HTTP's 429, `UNAVAILABLE` its 503. */
  readonly code: Code;
  readonly message?: string;
  readonly times: number;
}

export type StartKind = "CustomJob" | "DeployedModel";

export interface StartDelay {
  readonly kind: StartKind;
  readonly milliseconds: number;
  readonly times: number;
}

/** Faults that tests have asked for and that have not happened yet. They don't survive a restart. */
export class Faults {
  #methods: MethodFault[] = [];
  #delays: StartDelay[] = [];
  #stockouts = 0;
  #broken = 0;

  /** The next calls of a method are refused. */
  failMethod(fault: MethodFault): void {
    this.#methods.push(fault);
  }

  /** The next starts take longer, by the server's clock. */
  delayStart(delay: StartDelay): void {
    this.#delays.push(delay);
  }

  /** The next CustomJobs find no resources. */
  stockOut(times: number): void {
    this.#stockouts += times;
  }

  /** The next deployed models come up healthy, and answer every prediction with 500. */
  breakReplicas(times: number): void {
    this.#broken += times;
  }

  clear(): void {
    this.#methods = [];
    this.#delays = [];
    this.#stockouts = 0;
    this.#broken = 0;
  }

  /** Throws the fault that waits for this method. */
  check(method: string): void {
    const fault = this.#methods.find((candidate) => candidate.method === method);
    if (fault === undefined) return;
    this.#methods = counted(this.#methods, fault);
    throw new VertexError(fault.code, fault.message ?? `${method} was made to answer ${fault.code}.`);
  }

  stockout(_name: string): boolean {
    if (this.#stockouts === 0) return false;
    this.#stockouts--;
    return true;
  }

  replicasBroken(): boolean {
    if (this.#broken === 0) return false;
    this.#broken--;
    return true;
  }

  async delay(kind: StartKind, _name: string, clock: Clock, signal: AbortSignal): Promise<void> {
    const delay = this.#delays.find((candidate) => candidate.kind === kind);
    if (delay === undefined) return;
    this.#delays = counted(this.#delays, delay);
    await clock.sleep(delay.milliseconds, signal);
  }
}

/** The list after one of its faults has happened once. */
function counted<T extends { readonly times: number }>(faults: readonly T[], fault: T): T[] {
  return faults.flatMap((other) =>
    other !== fault ? [other] : other.times > 1 ? [{ ...other, times: other.times - 1 }] : [],
  );
}
