import { parentPort } from "node:worker_threads";
import { toDrawing } from "../../../../specs/graph/index.ts";
import type { PipelineSpec } from "../../../../specs/ir/types.ts";
import type { Answer, Question } from "./drawings.ts";

/** Lays out pictures aside of the server, whose time is for what it runs: one of 500 tasks takes seconds. */
parentPort?.on("message", async ({ id, spec }: Question) => {
  let answer: Answer;
  try {
    answer = { id, drawing: await toDrawing(spec as PipelineSpec) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
