import { SpecError, type SpecErrorCode } from "../../error.ts";
import type { Location } from "../../origin.ts";

/** Why a function cannot go along, and where it says so. */
export interface FunctionProblem {
  readonly code: Extract<SpecErrorCode, "uncaptured" | "not-bundled">;
  /** The function's component. */
  readonly task: string;
  /** The name, import or word at fault. */
  readonly name: string;
  /** A sentence about it, with what to do. */
  readonly message: string;
  /** Null where the author's file is not known. */
  readonly location: Location | null;
}

/** TypeScript functions cannot be made programs of their own. `problems` lists every reason. */
export class FunctionError extends SpecError {
  readonly problems: readonly FunctionProblem[];

  constructor(problems: readonly [FunctionProblem, ...FunctionProblem[]]) {
    const [first] = problems;
    const tasks = new Set(problems.map(({ task }) => task));
    const one = tasks.size === 1;
    const lines = problems.map((each) => `\n  ${one ? "" : `${each.task}: `}${line(each)}`).join("");
    const all = one ? `cannot run by itself:${lines}` : `These functions cannot run by themselves:${lines}`;
    const place = one ? { task: first.task } : {};
    super(first.code, problems.length === 1 ? first.message : all, place, { location: first.location });
    this.problems = problems;
  }
}

function line({ message, location }: FunctionProblem): string {
  return location === null ? message : `${message} (${location.file}:${location.line}:${location.column})`;
}
