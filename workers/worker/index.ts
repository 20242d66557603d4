/**
 * For a worker of somebody else's: our workflows and activities beside their own.
 *
 * @example
 * import { createActivities } from "retemper/activities";
 * import { readConfiguration, workflowsPath } from "retemper/worker";
 *
 * const configuration = await readConfiguration();
 * const { activities } = createActivities(await configuration.environment(), configuration);
 * const worker = await Worker.create({ activities: { ...activities, ...mine }, workflowsPath, taskQueue: "mine" });
 *
 * A worker with workflows of its own re-exports ours from its own module: `export * from "retemper/workflows"`.
 */
export { type Configuration, readConfiguration } from "../config/read-configuration.ts";
export { bundleWorkflows, workflowsPath } from "./bundle.ts";
export { createWorker, type RetemperWorkerOptions } from "./create-worker.ts";
export { ensureSearchAttributes } from "./search-attributes.ts";
