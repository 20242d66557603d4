export { type CacheFacts, cacheKeyText } from "./cache-key.ts";
export * from "./expression/index.ts";
export { type PlatformSpec, parsePlatform, validatePlatform } from "./platform.ts";
export type * from "./types.ts";
export { InvalidSpecError, parseSpec, type SpecProblem, validateSpec } from "./validate.ts";
