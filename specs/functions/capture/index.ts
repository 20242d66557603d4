export { type Captured, capture } from "./capture.ts";
export { FunctionError, type FunctionProblem } from "./problem.ts";
export { functionName } from "./reached-module.ts";
export type { Modules, Target } from "./target.ts";
