import type { BinaryOperator, Expression } from "./ast.ts";
import { ExpressionError } from "./error.ts";
import { type Token, tokenize } from "./tokenize.ts";

/** Loosest first. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">=", "in"],
  ["+", "-"],
  ["*", "/", "%"],
];
/** Keeps hostile input from overflowing the stack. */
const deepest = 200;

/**
 * Parses an expression of the IR: the part of the Common Expression Language that pipeline specs use, without macros.
 * Throws `ExpressionError`. https://github.com/google/cel-spec/blob/master/doc/langdef.md
 */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let at = 0;
  let depth = 0;

  const expression = conditional();
  if (peek().kind !== "end") throw unexpected("the end of the expression");
  return expression;

  function conditional(): Expression {
    if (++depth > deepest)
      throw new ExpressionError("range", "The expression is nested too deeply.", text, peek().position);
    const condition = binary(0);
    const { position } = peek();
    if (!take("?")) {
      depth -= 1;
      return condition;
    }
    const then = conditional();
    expect(":");
    const otherwise = conditional();
    depth -= 1;
    return { kind: "conditional", condition, then, otherwise, position };
  }

  function binary(level: number): Expression {
    const operators = levels[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (;;) {
      const token = peek();
      const operator = operators.find((each) => isText(token, each));
      if (operator === undefined) return left;
      at += 1;
      left = { kind: "binary", operator, left, right: binary(level + 1), position: token.position };
    }
  }

  function unary(): Expression {
    const { position } = peek();
    for (const operator of ["!", "-"] as const) {
      if (!take(operator)) continue;
      if (++depth > deepest) throw new ExpressionError("range", "The expression is nested too deeply.", text, position);
      const operand = unary();
      depth -= 1;
      return { kind: "unary", operator, operand, position };
    }
    return member();
  }

  function member(): Expression {
    let target = primary();
    for (;;) {
      const { position } = peek();
      if (take(".")) {
        const name = expectName();
        target = take("(")
          ? { kind: "call", function: name, arguments: [target, ...list(")")], position }
          : { kind: "field", target, field: name, position };
      } else if (take("[")) {
        const index = conditional();
        expect("]");
        target = { kind: "index", target, index, position };
      } else {
        return target;
      }
    }
  }

  function primary(): Expression {
    const token = peek();
    const { position } = token;
    if (token.kind === "literal") {
      at += 1;
      return { kind: "literal", value: token.value, position };
    }
    if (token.kind === "name") {
      at += 1;
      return take("(")
        ? { kind: "call", function: token.text, arguments: list(")"), position }
        : { kind: "name", name: token.text, position };
    }
    if (take("[")) return { kind: "list", items: list("]"), position };
    if (!take("(")) throw unexpected("a value");
    const inner = conditional();
    expect(")");
    return inner;
  }

  function list(end: string): readonly Expression[] {
    const items: Expression[] = [];
    if (take(end)) return items;
    do items.push(conditional());
    while (take(","));
    expect(end);
    return items;
  }

  function peek(): Token {
    const token = tokens[at];
    if (token === undefined) throw unexpected("a token");
    return token;
  }

  function take(operator: string): boolean {
    if (!isText(peek(), operator)) return false;
    at += 1;
    return true;
  }

  function expect(operator: string): void {
    if (!take(operator)) throw unexpected(operator);
  }

  function expectName(): string {
    const token = peek();
    if (token.kind !== "name") throw unexpected("a name");
    at += 1;
    return token.text;
  }

  function unexpected(wanted: string): ExpressionError {
    const token = tokens[at] ?? { kind: "end", position: text.length };
    const found = token.kind === "end" ? "the end" : token.kind === "literal" ? "a value" : token.text;
    return new ExpressionError("syntax", `Expected ${wanted}, but found ${found}.`, text, token.position);
  }
}

function isText(token: Token, text: string): boolean {
  return (token.kind === "operator" || token.kind === "name") && token.text === text;
}
