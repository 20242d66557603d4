import type { SpecProblem } from "../ir/validate.ts";

/**
 * - `not-found`: nothing at that path or address, or no access to it.
 * - `not-yaml`: the text is neither YAML nor JSON.
 * - `not-a-component`: it is, but neither a pipeline spec nor a component.
 * - `invalid-spec`: a pipeline spec, or its platform document, with mistakes.
 * - `invalid-component`: a component of the first version of Kubeflow Pipelines, with mistakes.
 */
export type LoadErrorCode = "not-found" | "not-yaml" | "not-a-component" | "invalid-spec" | "invalid-component";

/** Where in a document, and what. */
export type LoadProblem = Pick<SpecProblem, "path" | "message">;

/** Why a component cannot be loaded: every problem at once. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  readonly code: LoadErrorCode;
  /** The file or address. */
  readonly source: string;
  readonly problems: readonly LoadProblem[];

  constructor(
    code: LoadErrorCode,
    source: string,
    message: string,
    problems: readonly LoadProblem[] = [],
    options?: ErrorOptions,
  ) {
    const lines = problems.map((problem) => `\n  ${problem.path}${problem.path === "" ? "" : ": "}${problem.message}`);
    super(`${source}: ${message}${lines.join("")}`, options);
    this.code = code;
    this.source = source;
    this.problems = problems;
  }
}
