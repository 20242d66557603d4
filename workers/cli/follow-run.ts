import type { Client } from "@temporalio/client";
import type { RunProgress } from "../../pipelines/retrain/progress.ts";
import { currentActivity, follow, type RunEnd } from "../client/runs.ts";
import { outcomeText } from "./view/outcome.ts";
import { RunView } from "./view/run-view.ts";
import type { Terminal } from "./view/terminal.ts";

const everyMilliseconds = 700;

/** Follows a run in the terminal to its end, and prints what came of it. */
export async function followRun(
  client: Client,
  workflowId: string,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<{ readonly end: RunEnd; readonly progress: RunProgress | undefined }> {
  let last: RunProgress | undefined;
  let end: RunEnd;
  {
    using view = new RunView(terminal);
    const onProgress = async (progress: RunProgress) => {
      last = progress;
      view.update(progress, await currentActivity(client, workflowId));
    };
    end = await follow(client, workflowId, onProgress, { everyMilliseconds, ...(signal && { signal }) });
  }
  terminal.write(`\n${outcomeText(end, last)}`);
  return { end, progress: last };
}
