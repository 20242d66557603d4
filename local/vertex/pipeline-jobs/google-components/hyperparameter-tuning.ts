import { isArray, isObject } from "../../wire/json.ts";
import type { ComponentRun } from "./component.ts";
import { runJob } from "./job.ts";

export async function runHyperparameterTuning(run: ComponentRun): Promise<void> {
  const { options } = run;
  const job = await runJob(run, "HyperparameterTuningJob", { hyperparameterTuningJob: options.payload });
  if (options.get("--type") !== "HyperparameterTuningJobWithMetrics") return;
  const trials = isArray(job["trials"] ?? []) ? (job["trials"] as readonly unknown[]) : [];
  const succeeded = trials.filter((trial) => isObject(trial) && trial["state"] === "SUCCEEDED");
  const counts = { success_trials_count: succeeded.length, total_trials_count: trials.length };
  run.write(options.require("--execution_metrics"), JSON.stringify(counts));
}
