export { FlowError, type FlowErrorCode } from "./error.ts";
export * from "./flow.ts";
export { originOf } from "./origins.ts";
export { printExpression } from "./print-expression.ts";
export { printSource, printValue } from "./print-source.ts";
export { readFlow } from "./read-flow.ts";
export { isSetting, type Settings, settingsOf } from "./settings.ts";
export { leavesOf, mapLeaves, type Source } from "./source.ts";
