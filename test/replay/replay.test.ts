import { readdir, readFile } from "node:fs/promises";
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from "@temporalio/worker";
import { beforeAll, expect, it } from "vitest";
import { workflowsPath } from "../../workers/worker/bundle.ts";
import { historiesFolder } from "../support/history.ts";

/**
 * Histories of real runs, recorded with `RETEMPER_RECORD=1 npm run test:house`, must replay on today's code.
 * Each file is named after its story; `retrain` and `release` are told apart by the history itself.
 */

let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("ERROR") });
});

const files = (await readdir(historiesFolder)).filter((name) => name.endsWith(".json"));

it("there are histories to replay", () => {
  expect(files.length).toBeGreaterThanOrEqual(5);
});

it.each(files)("%s", async (file) => {
  const history: unknown = JSON.parse(await readFile(new URL(file, historiesFolder), "utf8"));
  // The id matters: a child's id that derives from it would differ otherwise.
  await Worker.runReplayHistory({ workflowBundle }, history, workflowIdOf(history));
});

function workflowIdOf(history: unknown): string {
  const { events } = history as { events: { workflowExecutionStartedEventAttributes?: { workflowId?: string } }[] };
  return events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? "unknown";
}
