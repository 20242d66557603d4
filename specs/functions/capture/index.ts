export { type Captured, capture } from "./capture.ts";
export { FunctionError, type FunctionProblem } from "./problem.ts";
export { functionName } from "./reached-module.ts";
export { dialectOf } from "./syntax.ts";
export { type Modules, packageOf, type Target } from "./target.ts";
