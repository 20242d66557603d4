import { parentPort } from "node:worker_threads";
import { type Drawing, toDrawing } from "../../../../specs/graph/index.ts";
import type { PipelineSpec } from "../../../../specs/ir/types.ts";
import { drawLineage } from "../metadata/draw-lineage.ts";
import type { Answer, Question, Subject } from "./drawings.ts";

/** Lays out pictures aside of the server, whose time is for what it runs: one of 500 tasks takes seconds. */
parentPort?.on("message", async ({ id, subject }: Question) => {
  let answer: Answer;
  try {
    answer = { id, drawing: await draw(subject) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});

function draw(subject: Subject): Promise<Drawing> {
  if (subject.kind === "lineage") return drawLineage(subject.lineage, subject.chosen);
  return toDrawing(subject.spec as PipelineSpec, { closed: subject.closed });
}
