import type { Problem } from "../../pipelines/schema/problems.ts";

/**
 * - `INVALID_CONFIGURATION`: `retemper.yaml`, or a variable that overrides it, is not as it should be.
 * - `NOT_RUNNING`: a service is configured as local, and the local services are not running.
 */
export type ConfigurationErrorCode = "INVALID_CONFIGURATION" | "NOT_RUNNING";

/** The user's to mend; lists every problem at once. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly code: ConfigurationErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ConfigurationErrorCode, message: string, problems: readonly Problem[] = []) {
    super([message, ...problems.map(({ path, message }) => `  ${path ? `${path} ` : ""}${message}`)].join("\n"));
    this.code = code;
    this.problems = problems;
  }
}
