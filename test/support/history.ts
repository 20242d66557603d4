import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { House } from "./house.ts";

/** Where recorded histories lie: they must replay before a change lands. */
const checkout = resolve(import.meta.dirname, "../..");
export const historiesFolder = new URL("../replay/histories/", import.meta.url);

/** With `RETEMPER_RECORD=1`, keeps the history of a run for the replay test. */
export async function recordHistory(house: House, workflowId: string, name: string): Promise<void> {
  if (!process.env["RETEMPER_RECORD"]) return;
  const history = await house.client.workflow.getHandle(workflowId).fetchHistory();
  await mkdir(historiesFolder, { recursive: true });
  // Stack traces name the folders of the machine that recorded it.
  const text = historyToJSON(history).replaceAll(`${checkout}/`, "");
  await writeFile(new URL(`${name}.json`, historiesFolder), `${text}\n`);
}
