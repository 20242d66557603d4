/**
 * Google Cloud's pipeline components (`google-cloud-pipeline-components`), typed and documented.
 *
 * Import them by Google's own module names:
 *
 * ```ts
 * import { customTrainingJobOp } from "retemper/specs/gcpc/v1/custom_job";
 * ```
 *
 * Every component is a module of its own, whose spec is read when the component is first used.
 */
export { modules as gcpcModules } from "./generated/index.ts";
