import { type SchemaProblem, validate } from "./generated/validate.js";
import { checkReferences } from "./references.ts";
import type { PipelineSpec } from "./types.ts";

/**
 * - `schema`: the document is not a `PipelineSpec` message in its JSON form.
 * - `reference`: a name in it stands for nothing: a component, executor, task, input or output.
 * - `expression`: a condition or selector that cannot be parsed.
 */
export interface SpecProblem {
  readonly code: "schema" | "reference" | "expression";
  /** JSON pointer into the document. */
  readonly path: string;
  readonly message: string;
}

/** Every problem of a pipeline spec, from anywhere; none when it is valid. */
export function validateSpec(document: unknown): readonly SpecProblem[] {
  return validate(document) ? checkReferences(document) : schemaProblems(validate.errors);
}

/** What a validator found, in words. */
export function schemaProblems(errors: readonly SchemaProblem[] | null | undefined): readonly SpecProblem[] {
  const problems = (errors ?? []).filter((error) => error.keyword !== "anyOf");
  return problems.map((error) => ({ code: "schema", path: error.instancePath || "/", message: describe(error) }));
}

/** The document as a pipeline spec. Throws `InvalidSpecError` with every problem. */
export function parseSpec(document: unknown): PipelineSpec {
  const problems = validateSpec(document);
  if (problems.length > 0) throw new InvalidSpecError(problems);
  return document as PipelineSpec;
}

export class InvalidSpecError extends Error {
  override readonly name = "InvalidSpecError";
  readonly code = "invalid-spec";
  readonly problems: readonly SpecProblem[];

  constructor(problems: readonly SpecProblem[], document: "pipeline spec" | "platform document" = "pipeline spec") {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
    super(
      `The ${document} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${lines.join("\n")}`,
    );
    this.problems = problems;
  }
}

function describe({ keyword, params, message }: SchemaProblem): string {
  if (keyword === "additionalProperties")
    return `There is no field ${JSON.stringify(params["additionalProperty"])} here.`;
  if (keyword === "enum") return `Must be one of ${(params["allowedValues"] as readonly unknown[]).join(", ")}.`;
  return `${capitalized(message ?? `fails ${keyword}`)}.`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
