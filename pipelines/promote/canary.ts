import type { CanaryStep, PromotePolicy } from "../retrain/recipe.ts";
import { milliseconds } from "../schema/duration.ts";
import type { ProbeReport } from "./activities.ts";

/** The steps on the way to 100 %; an endpoint on which nothing serves has none, for there is nobody to compare with. */
export function canarySteps(policy: PromotePolicy, somethingServes: boolean): readonly CanaryStep[] {
  return somethingServes ? [...policy.canary].sort((left, right) => left.percent - right.percent) : [];
}

/** What was counted during one step. */
export interface CanaryCount {
  readonly requests: number;
  readonly errors: number;
  /** Of requests to which no deployed model put its name. */
  readonly unattributedErrors: number;
  /** The worst that any probe reported. */
  readonly p95Milliseconds: number;
}

export const nothingCounted: CanaryCount = { requests: 0, errors: 0, unattributedErrors: 0, p95Milliseconds: 0 };

export function count(sum: CanaryCount, report: ProbeReport, candidate: string): CanaryCount {
  const mine = report.byDeployedModel[candidate];
  return {
    requests: sum.requests + (mine?.requests ?? 0),
    errors: sum.errors + (mine?.errors ?? 0),
    unattributedErrors: sum.unattributedErrors + report.unattributedErrors,
    p95Milliseconds: Math.max(sum.p95Milliseconds, mine?.p95Milliseconds ?? 0),
  };
}

/**
 * Why the candidate must lose its traffic, or null.
 * An error to which no deployed model put its name counts against the candidate: before it came, there was none.
 */
export function canaryFailure(policy: PromotePolicy, counted: CanaryCount): string | null {
  const errors = counted.errors + counted.unattributedErrors;
  const requests = counted.requests + counted.unattributedErrors;
  if (errors > policy.maxErrorRate * requests) {
    return `${errors} of ${requests} requests failed; the recipe allows ${(policy.maxErrorRate * 100).toFixed(1)} %`;
  }
  if (policy.maxLatency !== undefined && counted.p95Milliseconds > milliseconds(policy.maxLatency)) {
    return `95 % of requests took up to ${Math.round(counted.p95Milliseconds)} ms; the recipe allows ${policy.maxLatency}`;
  }
  return null;
}
