/** Every workflow, for a worker's bundle: ours or somebody else's. */

export { release } from "./promote/release.ts";
export { promote } from "./promote/workflow.ts";
export { retrain } from "./retrain/workflow.ts";
export { runSpec } from "./run-spec/workflow.ts";
