export type { Expression } from "./ast.ts";
export { ExpressionError, type ExpressionErrorCode } from "./error.ts";
export { evaluateCondition, evaluateExpression, type Scope, selectParameter } from "./evaluate.ts";
export { parseExpression } from "./parse.ts";
export { quote } from "./tokenize.ts";
export type { Value } from "./value.ts";
