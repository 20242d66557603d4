import { type DescMessage, fromJson, type JsonReadOptions, type JsonValue } from "@bufbuild/protobuf";
import { KubernetesExecutorConfigSchema } from "../ir/generated/kubernetes_executor_config_pb.js";
import { type PlatformSpecJson, PlatformSpecSchema } from "../ir/generated/pipeline_spec_pb.js";
import type { LoadProblem } from "./load-error.ts";

/** What is wrong with a platform document: one problem an executor. Options that later releases add are let through. */
export function validatePlatform(document: unknown): readonly LoadProblem[] {
  const problems = check(PlatformSpecSchema, document, "platform document");
  if (problems.length > 0) return problems;
  const { kubernetes } = (document as PlatformSpecJson).platforms ?? {};
  return Object.entries(kubernetes?.deploymentSpec?.executors ?? {}).flatMap(([label, executor]) =>
    check(KubernetesExecutorConfigSchema, executor, `platform document, executor ${label}`, {
      ignoreUnknownFields: true,
    }),
  );
}

function check(
  message: DescMessage,
  document: unknown,
  path: string,
  options?: Partial<JsonReadOptions>,
): readonly LoadProblem[] {
  try {
    fromJson(message, document as JsonValue, options);
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ path, message: error.message }];
  }
}
