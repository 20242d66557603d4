import type { PipelineDeploymentConfig_PipelineContainerSpecJson } from "../../../../specs/ir/generated/pipeline_spec_pb.js";
import { VertexError } from "../../wire/errors.ts";
import { isObject, type JsonObject } from "../../wire/json.ts";

/**
 * Google's components are containers that call Vertex's API and wait. Those that are known by their module are done
 * natively, from their own arguments
 * (https://cloud.google.com/vertex-ai/docs/pipelines/gcpc-list).
 */
const modules = {
  "google_cloud_pipeline_components.container.v1.custom_job.launcher": "custom-job",
  "google_cloud_pipeline_components.container.v1.model.upload_model.launcher": "upload-model",
  "google_cloud_pipeline_components.container.v1.model.get_model.launcher": "get-model",
  "google_cloud_pipeline_components.container.v1.model.delete_model.launcher": "delete-model",
  "google_cloud_pipeline_components.container.v1.endpoint.create_endpoint.launcher": "create-endpoint",
  "google_cloud_pipeline_components.container.v1.endpoint.delete_endpoint.launcher": "delete-endpoint",
  "google_cloud_pipeline_components.container.v1.endpoint.deploy_model.launcher": "deploy-model",
  "google_cloud_pipeline_components.container.v1.endpoint.undeploy_model.launcher": "undeploy-model",
  "google_cloud_pipeline_components.container.v1.batch_prediction_job.launcher": "batch-prediction-job",
  "google_cloud_pipeline_components.container.v1.hyperparameter_tuning_job.launcher": "hyperparameter-tuning-job",
  "google_cloud_pipeline_components.container._implementation.model_evaluation.import_model_evaluation":
    "import-model-evaluation",
} as const;

export type GoogleComponent = (typeof modules)[keyof typeof modules];

/** Undefined for a container that is run as it is. */
export function googleComponentOf({
  command = [],
}: PipelineDeploymentConfig_PipelineContainerSpecJson): GoogleComponent | undefined {
  const name = command[command.indexOf("-m") + 1] ?? "";
  return Object.hasOwn(modules, name) ? modules[name as keyof typeof modules] : undefined;
}

/** The filled-in options of a launcher. */
export class LauncherOptions {
  readonly #options = new Map<string, string>();

  constructor(args: readonly string[]) {
    for (let index = 0; index < args.length; index++) {
      const next = args[index + 1];
      const isOption = args[index]?.startsWith("--") === true;
      // An option without a value is one whose placeholder gave none.
      if (isOption && next !== undefined && !next.startsWith("--")) this.#options.set(args[index++] ?? "", next);
    }
  }

  get(name: string): string {
    return this.#options.get(name) ?? "";
  }

  /** Throws INVALID_ARGUMENT when it isn't given. */
  require(name: string): string {
    const value = this.get(name);
    if (value === "") throw new VertexError("INVALID_ARGUMENT", `The launcher needs ${name}.`);
    return value;
  }

  /** `projects/P/locations/L`. */
  get parent(): string {
    return `projects/${this.require("--project")}/locations/${this.require("--location")}`;
  }

  /** `--payload` without its empty fields, as the launchers send it. Throws INVALID_ARGUMENT. */
  get payload(): JsonObject {
    const text = this.require("--payload");
    let payload: unknown;
    try {
      payload = JSON.parse(text);
    } catch (error) {
      throw new VertexError(
        "INVALID_ARGUMENT",
        `The launcher's --payload is not JSON once its placeholders are filled in (a value with quotes needs .json_escape[1]): ${String(error)}: ${text}`,
      );
    }
    if (!isObject(payload)) throw new VertexError("INVALID_ARGUMENT", "The launcher's --payload should be an object.");
    return withoutEmpty(payload) as JsonObject;
  }
}

/** Fields that are empty, 0 or false are left out, and what is empty without them; a list keeps its texts and numbers. */
function withoutEmpty(json: unknown): unknown {
  if (Array.isArray(json)) {
    return json.map(withoutEmpty).filter((item) => (typeof item === "object" ? !isEmpty(item) : true));
  }
  if (!isObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json)
      .map(([key, value]) => [key, withoutEmpty(value)] as const)
      .filter(([, value]) => !isEmpty(value)),
  );
}

function isEmpty(value: unknown): boolean {
  return !value || (typeof value === "object" && Object.keys(value).length === 0);
}
