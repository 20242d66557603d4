import { isObject, type JsonObject } from "../../wire/json.ts";
import { type ComponentRun, resourceUri } from "./component.ts";
import { runJob } from "./job.ts";

export async function runBatchPrediction(run: ComponentRun): Promise<void> {
  const { options, execution } = run;
  const unmanaged = execution.inputs.artifacts["unmanaged_container_model"]?.[0];
  const batchPredictionJob = {
    ...options.payload,
    ...(unmanaged === undefined
      ? {}
      : { unmanagedContainerModel: { ...unmanaged.metadata, artifactUri: unmanaged.uri } }),
  };
  const job = await runJob(run, "BatchPredictionJob", { batchPredictionJob });
  const name = String(job["name"]);
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
