/**
 * - `endless`: a pipeline that contains itself.
 * - `dangling`: a name in the spec stands for nothing. Valid specs have none.
 */
export type FlowErrorCode = "endless" | "dangling";

/** Why a spec cannot be shown or compared. */
export class FlowError extends Error {
  override readonly name = "FlowError";
  readonly code: FlowErrorCode;

  constructor(code: FlowErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
