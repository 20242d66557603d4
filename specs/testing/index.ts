/**
 * For tests of one's own pipelines, with any test runner: what is a pipeline's graph?
 *
 * ```ts
 * const graph = graphOf(trainAndEvaluate);
 * graph.task("train").takes("data").from("prepare", "data");
 * expect(graph.reaches("prepare", "evaluate")).toBe(true);
 * expect(snapshot(trainAndEvaluate)).toMatchSnapshot();
 * ```
 */
import { PipelineGraph } from "./graph.ts";
import { type Snapshot, snapshotOf } from "./snapshot.ts";
import { documentsOf, type Subject } from "./subject.ts";

export type { Runs } from "../graph/flow/index.ts";
export type { PipelineGraph } from "./graph.ts";
export { GraphError, type GraphErrorCode } from "./graph-error.ts";
export type { Snapshot } from "./snapshot.ts";
export type { Subject } from "./subject.ts";
export type { Taken } from "./taken.ts";
export type { GraphTask, LoopAround, TaskSettings } from "./task.ts";
export type { Wire } from "./wire.ts";

/**
 * A pipeline's tasks and how they hang together. TypeScript functions need not be bundled before.
 * Throws `SpecError` for a pipeline that does not compile.
 */
export function graphOf(subject: Subject): PipelineGraph {
  return new PipelineGraph(documentsOf(subject));
}

/**
 * A pipeline in the author's terms, for a snapshot: plain data with a line for all that somebody said, and nothing that
 * changes with a version of Retemper.
 */
export function snapshot(subject: Subject): Snapshot {
  return snapshotOf(graphOf(subject));
}
