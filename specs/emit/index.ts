export { type CompiledSpec, type CompileOptions, compileNode } from "./compile.ts";
export { launcherImage } from "./custom-job.ts";
export { isPipelineName, sanitize } from "./names.ts";
