import type { PlatformSpecJson } from "./generated/pipeline_spec_pb.js";
import { validate } from "./generated/validate-platform.js";
import { checkPlatformReferences } from "./platform-references.ts";
import type { PipelineSpec } from "./types.ts";
import { InvalidSpecError, type SpecProblem, schemaProblems } from "./validate.ts";

/** A pipeline's options for open-source Kubeflow Pipelines: the second document of its YAML. */
export type PlatformSpec = PlatformSpecJson;

/**
 * Every problem of a platform document, from anywhere; none when it is valid.
 * With the valid spec that it belongs to, also names in it that stand for nothing there.
 */
export function validatePlatform(document: unknown, spec?: PipelineSpec): readonly SpecProblem[] {
  if (!validate(document)) return schemaProblems(validate.errors);
  return spec === undefined ? [] : checkPlatformReferences(document, spec);
}

/** The document as a platform document. Throws `InvalidSpecError` with every problem. */
export function parsePlatform(document: unknown, spec?: PipelineSpec): PlatformSpec {
  const problems = validatePlatform(document, spec);
  if (problems.length > 0) throw new InvalidSpecError(problems, "platform document");
  return document as PlatformSpec;
}
