import { VertexError } from "../../wire/errors.ts";
import { isObject, type JsonObject } from "../../wire/json.ts";
import type { ComponentRun } from "./component.ts";

const pollMilliseconds = 200;
const ended = ["JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED", "JOB_STATE_EXPIRED"];

/** Creates a job of JobService, tells its name, and waits for its end. Throws what it failed with. */
export async function runJob(
  run: ComponentRun,
  kind: "BatchPredictionJob" | "HyperparameterTuningJob",
  request: JsonObject,
): Promise<JsonObject> {
  const { options, dependencies } = run;
  const { api, clock } = dependencies;
  const name = run.begin(() => api.call("JobService", `Create${kind}`, { parent: options.parent, ...request }));
  run.writeResources([{ resourceType: kind, name }]);
  const look = () => api.call("JobService", `Get${kind}`, { name });
  const job = await run.untilEnded(
    async (signal) => {
      for (let found = look(); ; found = look()) {
        if (ended.includes(String(found["state"]))) return found;
        await clock.sleep(pollMilliseconds, signal);
      }
    },
    () => api.call("JobService", `Cancel${kind}`, { name }),
  );
  if (job["state"] === "JOB_STATE_SUCCEEDED") return job;
  const error = isObject(job["error"]) ? String(job["error"]["message"]) : "no error was given";
  throw new VertexError(
    "FAILED_PRECONDITION",
    `Job failed with error state: ${String(job["state"])}: ${name}: ${error}`,
  );
}
