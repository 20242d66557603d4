export { checkJob } from "./check-job.ts";
export { checkLimits, type LimitOptions } from "./check-limits.ts";
export { type LimitFinding, limits } from "./limits.ts";
export { checkPlatform } from "./platform.ts";
