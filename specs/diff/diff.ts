/** What has changed between two specs, in their author's words. */
export interface Diff {
  readonly changes: readonly Change[];
  /** For each task of the later pipeline, whether Vertex would find the earlier one's result. */
  readonly reruns: readonly Rerun[];
}

export interface Change {
  readonly kind: "added" | "removed" | "renamed" | "moved" | "changed";
  readonly subject: Subject;
  /** What about it has changed; null where the whole has come, gone or another name. */
  readonly aspect: Aspect | null;
  /** Of the input, output, variable or option. */
  readonly name: string | null;
  /** Null where there was none. */
  readonly before: string | null;
  /** Null where there is none any more. */
  readonly after: string | null;
}

export interface Subject {
  readonly kind: "pipeline" | "task" | "loop" | "branch" | "branches" | "exit-handler" | "inner-pipeline";
  /** In the later spec, or in the earlier where it is gone; `""` for the pipeline itself. */
  readonly path: string;
  /** As its author calls it. */
  readonly title: string;
  /** What the loop, branch or pipeline around it is called; null where it is in the pipeline itself. */
  readonly within: string | null;
}

export type Aspect =
  | "name"
  | "display name"
  | "description"
  | "input"
  | "input type"
  | "default"
  | "output"
  | "output type"
  | "condition"
  | "items"
  | "parallelism"
  | "order"
  | "after failure"
  | "runs"
  | "image"
  | "command"
  | "environment"
  | "hardware"
  | "option"
  | "import"
  | "caching"
  | "retry"
  | "kubernetes"
  /** Nothing that an author writes: only how a compiler wrote it down. */
  | "compiled form";

/**
 * - `again`: nothing of the earlier run fits.
 * - `maybe`: it depends on what a task before it gives.
 * - `cached`: Vertex finds the earlier result, if there is one.
 */
export type Verdict = "again" | "maybe" | "cached";

export interface Rerun {
  readonly path: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** Why; none for `cached`. */
  readonly reasons: readonly string[];
}
