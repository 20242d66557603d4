export * from "./expression/index.ts";
export type * from "./types.ts";
export { InvalidSpecError, parseSpec, type SpecProblem, validateSpec } from "./validate.ts";
