import { VertexError } from "../../wire/errors.ts";
import type { JsonObject } from "../../wire/json.ts";
import type { Execution, ExecutorDependencies } from "../execution.ts";
import type { ComponentRun } from "./component.ts";

export async function runCustomJobComponent(run: ComponentRun): Promise<void> {
  const { options, execution, dependencies } = run;
  if (options.require("--type") !== "CustomJob") {
    throw new VertexError("INVALID_ARGUMENT", `The CustomJob launcher doesn't launch --type ${options.get("--type")}.`);
  }
  const name = await runCustomJob(options.payload, options.parent, execution, dependencies);
  run.writeResources([{ resourceType: "CustomJob", name }]);
}

/** Creates the CustomJob, or adopts the one that this try has created before; gives its name when it has succeeded. */
export async function runCustomJob(
  payload: JsonObject,
  parent: string,
  { task, signal, onRunning }: Execution,
  { customJobs, requests, store }: ExecutorDependencies,
): Promise<string> {
  if (task.get().customJob === null) signal.throwIfAborted();
  const name =
    task.get().customJob ??
    store.transaction(() => {
      const { customJob } = requests.read("JobService", "CreateCustomJob", { customJob: payload });
      const job = customJobs.create(parent, customJob as object);
      task.update({ customJob: job.name });
      return job.name;
    });
  onRunning();
  let ended: Awaited<ReturnType<typeof customJobs.ended>>;
  try {
    ended = await customJobs.ended(name, signal);
  } catch (error) {
    if (!(error instanceof Error && error.name === "Cancelled")) throw error;
    customJobs.cancel(name);
    await customJobs.ended(name, new AbortController().signal);
    throw error;
  }
  if (ended.state === "JOB_STATE_SUCCEEDED") return name;
  throw new VertexError(
    ended.state === "JOB_STATE_CANCELLED" ? "CANCELLED" : "FAILED_PRECONDITION",
    `Job failed with value ${ended.state}: ${name}: ${ended.error?.message ?? "no error was given"}`,
  );
}
