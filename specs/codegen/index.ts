/** TypeScript bindings for components and pipelines of the Python SDK. */
export { CodegenError, type CodegenErrorCode, readPythonComponents } from "./python.ts";
export { readComponent } from "./read-components.ts";
export type { CodegenComponent } from "./types.ts";
export { type ModuleOptions, writeModule } from "./write-module.ts";
