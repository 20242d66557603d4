import type { TrialRecord } from "../../hyperparameter-tuning/records.ts";
import type { Html } from "../html.ts";
import { badge } from "../state.ts";

export function isTrialFinal({ state }: TrialRecord): boolean {
  return state === "SUCCEEDED" || state === "INFEASIBLE";
}

/** In the words of a study. */
export function trialBadge({ state }: TrialRecord): Html {
  switch (state) {
    case "ACTIVE":
      return badge("running", "Active");
    case "STOPPING":
      return badge("cancelling", "Stopping");
    case "SUCCEEDED":
      return badge("succeeded");
    case "INFEASIBLE":
      return badge("failed", "Infeasible");
  }
}
