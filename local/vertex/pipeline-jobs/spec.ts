import { fromJson, toJson } from "@bufbuild/protobuf";
import {
  type ComponentSpecJson,
  type PipelineDeploymentConfig_ExecutorSpecJson,
  PipelineDeploymentConfigSchema,
  PipelineSpecSchema,
} from "../../../specs/ir/generated/pipeline_spec_pb.js";
import { type FieldViolation, invalidArgument } from "../wire/errors.ts";
import type { JsonObject } from "../wire/json.ts";

/** A pipeline spec, read through the IR's own schema: what it doesn't know is refused. */
export interface PipelineSpec {
  readonly name: string;
  readonly root: ComponentSpecJson;
  readonly components: Readonly<Record<string, ComponentSpecJson>>;
  readonly executors: Readonly<Record<string, PipelineDeploymentConfig_ExecutorSpecJson>>;
}

/** Throws INVALID_ARGUMENT, naming the field. */
export function parseSpec(json: JsonObject): PipelineSpec {
  if (Object.keys(json).length === 0) {
    throw invalidArgument([
      {
        field: "pipeline_job.pipeline_spec",
        description:
          "is empty. A Node client sends a plain object as an empty Struct: pass helpers.toValue(spec).structValue instead.",
      },
    ]);
  }
  const { deploymentSpec, ...rest } = toJson(PipelineSpecSchema, read(PipelineSpecSchema, "pipeline_spec", json));
  const deployment = toJson(
    PipelineDeploymentConfigSchema,
    read(PipelineDeploymentConfigSchema, "pipeline_spec.deployment_spec", deploymentSpec ?? {}),
  );
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) =>
    violations.push({ field: `pipeline_job.pipeline_spec.${field}`, description });
  const name = rest.pipelineInfo?.name ?? "";
  if (!/^[a-z0-9][a-z0-9-]{0,127}$/.test(name)) {
    refuse("pipeline_info.name", `"${name}" should match ^[a-z0-9][a-z0-9-]{0,127}$`);
  }
  if (rest.schemaVersion !== "2.1.0") refuse("schema_version", `"${rest.schemaVersion ?? ""}" should be 2.1.0`);
  if (rest.root === undefined) refuse("root", "is missing");
  if (violations.length > 0 || rest.root === undefined) throw invalidArgument(violations);
  return { name, root: rest.root, components: rest.components ?? {}, executors: deployment.executors ?? {} };
}

function read<Schema extends typeof PipelineSpecSchema | typeof PipelineDeploymentConfigSchema>(
  schema: Schema,
  field: string,
  json: unknown,
) {
  try {
    return fromJson(schema, json as Parameters<typeof fromJson<Schema>>[1]);
  } catch (error) {
    throw invalidArgument([
      { field: `pipeline_job.${field}`, description: error instanceof Error ? error.message : String(error) },
    ]);
  }
}
