/**
 * - `syntax`: the text is not an expression.
 * - `unknown-name`: a variable, field or function that is not there.
 * - `no-such-key`: an input, element or key that the data lacks.
 * - `type`: an operator or function was given a value of a type that it does not take.
 * - `range`: a number that does not fit, a division by zero, nesting too deep.
 */
export type ExpressionErrorCode = "syntax" | "unknown-name" | "no-such-key" | "type" | "range";

/** An expression that could not be read, or not be evaluated. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly code: ExpressionErrorCode;
  /** The whole expression. */
  readonly expression: string;
  /** Where in it, in UTF-16 units from 0. */
  readonly position: number;

  constructor(code: ExpressionErrorCode, message: string, expression: string, position: number) {
    super(`${message} At character ${position + 1} of: ${expression}`);
    this.code = code;
    this.expression = expression;
    this.position = position;
  }
}
