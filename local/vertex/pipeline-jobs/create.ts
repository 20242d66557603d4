import { type FieldViolation, invalidArgument, unimplemented } from "../wire/errors.ts";
import { labelProblems } from "../wire/fields.ts";
import {
  fromStruct,
  fromValue,
  type JsonObject,
  mapValues,
  type StructMessage,
  type ValueMessage,
} from "../wire/json.ts";
import { newNumericId } from "../wire/names.ts";
import type { FailurePolicy, PipelineJobRecord } from "./records.ts";
import { parseSpec } from "./spec.ts";
import { parseTakenResults, rerunLabel, type TakenResults, type TaskDetailMessage } from "./taken-results.ts";
import { validateJob } from "./validate.ts";

/** The parts of google.cloud.aiplatform.v1.PipelineJob that a client gives. */
export interface PipelineJobMessage {
  readonly displayName?: string;
  readonly pipelineSpec?: StructMessage;
  readonly templateUri?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  readonly network?: string;
  readonly jobDetail?: { readonly taskDetails?: readonly TaskDetailMessage[] };
  readonly runtimeConfig?: {
    readonly parameters?: object;
    readonly gcsOutputDirectory?: string;
    readonly parameterValues?: Readonly<Record<string, ValueMessage>>;
    readonly failurePolicy?: string;
    readonly inputArtifacts?: Readonly<Record<string, { readonly artifactId?: string }>>;
  };
}

/** Reads and checks a request; throws INVALID_ARGUMENT with every problem, or UNIMPLEMENTED. */
export function parsePipelineJob(
  parent: string,
  id: string | undefined,
  message: PipelineJobMessage | undefined,
  now: number,
): { record: PipelineJobRecord; spec: JsonObject; taken: TakenResults } {
  const { runtimeConfig = {}, displayName = "", labels = {}, templateUri = "" } = message ?? {};
  const json = fromStruct(message?.pipelineSpec);
  if (templateUri !== "" && Object.keys(json).length === 0) throw unimplemented("pipeline_job.template_uri");
  if (Object.keys(runtimeConfig.parameters ?? {}).length > 0)
    throw unimplemented("pipeline_job.runtime_config.parameters (schema 2.0.0)");
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) => violations.push({ field, description });
  if (id !== undefined && id !== "" && !/^[a-z][-a-z0-9]{0,127}$/.test(id)) {
    refuse("pipeline_job_id", `"${id}" should match ^[a-z][-a-z0-9]{0,127}$`);
  }
  if (displayName.length > 128) refuse("pipeline_job.display_name", "has more than 128 characters");
  for (const problem of labelProblems(labels)) refuse("pipeline_job.labels", problem);
  const gcsOutputDirectory = runtimeConfig.gcsOutputDirectory ?? "";
  if (!/^gs:\/\/[a-z0-9][a-z0-9._-]+(\/.*)?$/.test(gcsOutputDirectory)) {
    refuse("pipeline_job.runtime_config.gcs_output_directory", `"${gcsOutputDirectory}" should be a gs:// URI`);
  }
  if (violations.length > 0) throw invalidArgument(violations);
  const spec = parseSpec(json);
  const parameterValues = mapValues(runtimeConfig.parameterValues ?? {}, fromValue);
  const inputArtifacts = mapValues(runtimeConfig.inputArtifacts ?? {}, ({ artifactId = "" }) => artifactId);
  validateJob(spec, parameterValues, Object.keys(inputArtifacts));
  const taken = labels[rerunLabel] === undefined ? {} : parseTakenResults(message?.jobDetail?.taskDetails ?? []);
  const failFast = runtimeConfig.failurePolicy === ("PIPELINE_FAILURE_POLICY_FAIL_FAST" satisfies FailurePolicy);
  const record: PipelineJobRecord = {
    name: `${parent}/pipelineJobs/${id === undefined || id === "" ? newNumericId() : id}`,
    displayName: displayName === "" ? spec.name : displayName,
    pipelineName: spec.name,
    labels,
    gcsOutputDirectory,
    parameterValues,
    inputArtifacts,
    failurePolicy: failFast ? "PIPELINE_FAILURE_POLICY_FAIL_FAST" : "PIPELINE_FAILURE_POLICY_FAIL_SLOW",
    serviceAccount: message?.serviceAccount ?? "",
    network: message?.network ?? "",
    createTime: now,
    updateTime: now,
    state: "PIPELINE_STATE_PENDING",
  };
  return { record, spec: json, taken };
}
