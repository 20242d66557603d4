import { VertexError } from "../../wire/errors.ts";
import { isObject, type JsonObject } from "../../wire/json.ts";
import { type ComponentRun, resourceUri } from "./component.ts";

const pollMilliseconds = 200;
const ended = ["JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED", "JOB_STATE_EXPIRED"];

export async function runBatchPrediction(run: ComponentRun): Promise<void> {
  const { options, execution, dependencies } = run;
  const { api, clock } = dependencies;
  const unmanaged = execution.inputs.artifacts["unmanaged_container_model"]?.[0];
  const batchPredictionJob = {
    ...options.payload,
    ...(unmanaged === undefined
      ? {}
      : { unmanagedContainerModel: { ...unmanaged.metadata, artifactUri: unmanaged.uri } }),
  };
  const name = run.begin(() =>
    api.call("JobService", "CreateBatchPredictionJob", { parent: options.parent, batchPredictionJob }),
  );
  run.writeResources([{ resourceType: "BatchPredictionJob", name }]);
  const look = () => api.call("JobService", "GetBatchPredictionJob", { name });
  const job = await run.untilEnded(
    async (signal) => {
      for (let found = look(); ; found = look()) {
        if (ended.includes(String(found["state"]))) return found;
        await clock.sleep(pollMilliseconds, signal);
      }
    },
    () => api.call("JobService", "CancelBatchPredictionJob", { name }),
  );
  if (job["state"] !== "JOB_STATE_SUCCEEDED") {
    const error = isObject(job["error"]) ? String(job["error"]["message"]) : "no error was given";
    throw new VertexError(
      "FAILED_PRECONDITION",
      `Job failed with error state: ${String(job["state"])}: ${name}: ${error}`,
    );
  }
  const info: JsonObject = isObject(job["outputInfo"]) ? job["outputInfo"] : {};
  const directory = String(info["gcsOutputDirectory"] ?? "");
  run.writeArtifacts({
    batchpredictionjob: {
      uri: resourceUri(name),
      metadata: { resourceName: name, gcsOutputDirectory: directory },
    },
    ...(directory === "" ? {} : { gcs_output_directory: { uri: directory, metadata: {} } }),
  });
}
