import { type PlatformSpec, validatePlatform } from "../../../specs/ir/platform.ts";
import type { PipelineSpec } from "../../../specs/ir/types.ts";
import { type SpecProblem, validateSpec } from "../../../specs/ir/validate.ts";
import { checkLimits, type LimitFinding, type LimitOptions } from "../../../specs/limits/index.ts";
import { checkPlatform } from "../../../specs/limits/platform.ts";
import type { SpecDocument } from "./spec-document.ts";

export type ProblemGroup = SpecProblem["code"] | "limit";

/** A problem of a spec, wherever it was found. */
export interface Problem {
  readonly group: ProblemGroup;
  readonly code: SpecProblem["code"] | LimitFinding["code"];
  readonly document: "spec" | "platform";
  /** JSON pointer into the document. */
  readonly path: string;
  /** Null where there is no text with lines. */
  readonly line: number | null;
  readonly message: string;
}

type Documents = Pick<SpecDocument, "spec" | "platform"> & Partial<Pick<SpecDocument, "lineOf">>;

/** Every problem: form, references, expressions and, when those are right, Vertex's limits. */
export async function checkSpec(documents: Documents, options: LimitOptions = {}): Promise<readonly Problem[]> {
  const problems = findProblems(documents, options);
  return Promise.all(
    problems.map(async (problem) => ({
      ...problem,
      line: (await documents.lineOf?.(problem.document, problem.path)) ?? null,
    })),
  );
}

function findProblems({ spec, platform }: Documents, options: LimitOptions): readonly Omit<Problem, "line">[] {
  const wrong = validateSpec(spec).map((problem) => ({ ...problem, group: problem.code, document: "spec" as const }));
  if (wrong.length > 0) return wrong;
  const valid = spec as PipelineSpec;
  const limits = checkLimits(valid, options).map((finding) => limit(finding, "spec"));
  if (platform === undefined) return limits;
  const wrongPlatform = validatePlatform(platform, valid).map((problem) => ({
    ...problem,
    group: problem.code,
    document: "platform" as const,
  }));
  if (wrongPlatform.length > 0) return [...wrongPlatform, ...limits];
  const ignored = checkPlatform(platform as PlatformSpec).map((finding) => limit(finding, "platform"));
  return [...limits, ...ignored];
}

function limit(finding: LimitFinding, document: Problem["document"]): Omit<Problem, "line"> {
  return { ...finding, group: "limit", document };
}
