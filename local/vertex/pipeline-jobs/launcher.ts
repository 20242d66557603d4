import type { PipelineDeploymentConfig_PipelineContainerSpecJson } from "../../../specs/ir/generated/pipeline_spec_pb.js";
import { VertexError } from "../wire/errors.ts";
import { isObject, type JsonObject } from "../wire/json.ts";

/**
 * Google's CustomTrainingJob component is a container that only submits a CustomJob and waits for it. It is recognised by
 * its command, and done natively
 * (https://cloud.google.com/vertex-ai/docs/pipelines/customjob-component).
 */
const launcherModule = "google_cloud_pipeline_components.container.v1.custom_job.launcher";

export function isCustomJobLauncher(container: PipelineDeploymentConfig_PipelineContainerSpecJson): boolean {
  return container.command?.includes(launcherModule) ?? false;
}

export interface LauncherArguments {
  readonly project: string;
  readonly location: string;
  /** CustomJob as JSON, without its empty fields. */
  readonly payload: JsonObject;
  /** Path that the job's name is written to. */
  readonly gcpResources: string;
}

/** Reads the launcher's filled-in arguments. Throws INVALID_ARGUMENT. */
export function parseLauncherArguments(args: readonly string[]): LauncherArguments {
  const options = new Map<string, string>();
  for (let index = 0; index + 1 < args.length; index += 2) options.set(args[index] ?? "", args[index + 1] ?? "");
  const option = (name: string) => {
    const value = options.get(name);
    if (value === undefined || value === "")
      throw new VertexError("INVALID_ARGUMENT", `The CustomJob launcher needs ${name}.`);
    return value;
  };
  if (option("--type") !== "CustomJob") {
    throw new VertexError("INVALID_ARGUMENT", `The CustomJob launcher doesn't launch --type ${option("--type")}.`);
  }
  const text = option("--payload");
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch (error) {
    throw new VertexError(
      "INVALID_ARGUMENT",
      `The CustomJob launcher's --payload is not JSON once its placeholders are filled in (a value with quotes needs .json_escape[1]): ${String(error)}: ${text}`,
    );
  }
  if (!isObject(payload))
    throw new VertexError("INVALID_ARGUMENT", "The CustomJob launcher's --payload should be an object.");
  return {
    project: option("--project"),
    location: option("--location"),
    gcpResources: option("--gcp_resources"),
    payload: withoutEmpty(payload) as JsonObject,
  };
}

/** The component's parameters default to empty texts, lists and objects, which the launcher leaves out. */
function withoutEmpty(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutEmpty).filter((item) => !isEmpty(item));
  if (!isObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json)
      .map(([key, value]) => [key, key === "args" || key === "command" ? value : withoutEmpty(value)] as const)
      .filter(([, value]) => !isEmpty(value)),
  );
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0)
  );
}

/** What the launcher writes for others to find the job (the proto GcpResources, as JSON). */
export function gcpResources(customJob: string, location: string): string {
  return JSON.stringify({
    resources: [
      { resourceType: "CustomJob", resourceUri: `https://${location}-aiplatform.googleapis.com/v1/${customJob}` },
    ],
  });
}
