import type { BinaryOperator, Expression } from "./ast.ts";
import { ExpressionError, type ExpressionErrorCode } from "./error.ts";
import { ArgumentError, checkInt, functions } from "./functions.ts";
import { parseExpression } from "./parse.ts";
import { equal, isList, isMap, isNumeric, typeOf, type Value } from "./value.ts";

/** What the names of an expression stand for. */
export type Scope = Readonly<Record<string, Value>>;

/**
 * Evaluates a task's `triggerPolicy.condition` over the values of its inputs.
 * Input values are data: no text in them is ever read as a part of the expression.
 * Throws `ExpressionError`; a condition that gives no bool is a `type` error.
 */
export function evaluateCondition(condition: string, parameters: Readonly<Record<string, Value>>): boolean {
  const value = evaluateExpression(condition, {
    inputs: { parameter_values: parameters, parameters: typedParameters(parameters) },
  });
  if (typeof value === "boolean") return value;
  throw new ExpressionError("type", `A condition must be a bool, but this one is ${typeOf(value)}.`, condition, 0);
}

/** Applies an input's `parameterExpressionSelector`, such as `parseJson(string_value)["field"]`, to its value. */
export function selectParameter(selector: string, value: Value): Value {
  return evaluateExpression(selector, { string_value: value, struct_value: value, list_value: value });
}

/** Parses and evaluates. Throws `ExpressionError`, which says where. */
export function evaluateExpression(text: string, scope: Scope): Value {
  return evaluate(parseExpression(text));

  function evaluate(node: Expression): Value {
    switch (node.kind) {
      case "literal":
        // 2^63 itself is only there to be negated.
        return typeof node.value === "bigint" ? guarded(node, () => checkInt(node.value as bigint)) : node.value;
      case "name":
        return lookUp(scope, node.name, "unknown-name", node.position);
      case "field":
        return member(evaluate(node.target), node.field, "unknown-name", node.position);
      case "index":
        return element(evaluate(node.target), evaluate(node.index), node.position);
      case "list":
        return node.items.map(evaluate);
      case "conditional":
        return bool(evaluate(node.condition), node) ? evaluate(node.then) : evaluate(node.otherwise);
      case "call":
        return call(node.function, node.arguments.map(evaluate), node);
      case "unary":
        return node.operator === "!" ? !bool(evaluate(node.operand), node) : negate(node);
      case "binary":
        if (node.operator === "&&") return shortCircuit(node.left, node.right, false);
        if (node.operator === "||") return shortCircuit(node.left, node.right, true);
        return operate(node.operator, evaluate(node.left), evaluate(node.right), node);
    }
  }

  /** `&&` and `||` of CEL do not mind the order: an error on one side is nothing where the other decides. */
  function shortCircuit(left: Expression, right: Expression, decisive: boolean): boolean {
    let failure: ExpressionError | undefined;
    for (const side of [left, right]) {
      try {
        if (bool(evaluate(side), side) === decisive) return decisive;
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return !decisive;
  }

  function call(name: string, values: readonly Value[], node: Expression): Value {
    const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (found === undefined) throw failed("unknown-name", `There is no function ${name}().`, node.position);
    if (found.arity !== values.length) {
      throw failed("type", `${name}() takes ${found.arity} values, but got ${values.length}.`, node.position);
    }
    return guarded(node, () => found.apply(...values));
  }

  function negate(node: Expression & { kind: "unary" }): Value {
    const { operand } = node;
    if (operand.kind === "literal" && typeof operand.value === "bigint") return -operand.value;
    const value = evaluate(operand);
    if (typeof value === "bigint") return guarded(node, () => checkInt(-value));
    if (typeof value === "number") return -value;
    throw failed("type", `- does not take ${typeOf(value)}.`, node.position);
  }

  function operate(operator: Exclude<BinaryOperator, "&&" | "||">, left: Value, right: Value, node: Expression): Value {
    switch (operator) {
      case "==":
        return equal(left, right);
      case "!=":
        return !equal(left, right);
      case "in":
        if (isList(right)) return right.some((item) => equal(item, left));
        if (isMap(right)) return typeof left === "string" && Object.hasOwn(right, left);
        throw mismatch(operator, left, right, node.position);
      case "<":
      case "<=":
      case ">":
      case ">=":
        return compare(operator, left, right, node.position);
      default:
        return arithmetic(operator, left, right, node);
    }
  }

  function compare(operator: "<" | "<=" | ">" | ">=", left: Value, right: Value, position: number): boolean {
    const ordered =
      (isNumeric(left) && isNumeric(right)) ||
      (typeof left === "string" && typeof right === "string") ||
      (typeof left === "boolean" && typeof right === "boolean");
    if (!ordered) throw mismatch(operator, left, right, position);
    const [a, b] = [left, right] as [number, number];
    switch (operator) {
      case "<":
        return a < b;
      case "<=":
        return a <= b;
      case ">":
        return a > b;
      case ">=":
        return a >= b;
    }
  }

  function arithmetic(operator: "+" | "-" | "*" | "/" | "%", left: Value, right: Value, node: Expression): Value {
    if (typeof left === "bigint" && typeof right === "bigint") {
      if (right === 0n && (operator === "/" || operator === "%"))
        throw failed("range", "Division by zero.", node.position);
      return guarded(node, () => checkInt(integers[operator](left, right)));
    }
    if (typeof left === "number" && typeof right === "number" && operator !== "%")
      return doubles[operator](left, right);
    if (operator === "+" && typeof left === "string" && typeof right === "string") return left + right;
    if (operator === "+" && isList(left) && isList(right)) return [...left, ...right];
    throw mismatch(operator, left, right, node.position);
  }

  function element(target: Value, index: Value, position: number): Value {
    if (isMap(target) && typeof index === "string") return lookUp(target, index, "no-such-key", position);
    if (isList(target) && isNumeric(index)) {
      const item = target[Number(index)];
      if (item === undefined)
        throw failed("no-such-key", `The list has ${target.length} items, so none at ${index}.`, position);
      return item;
    }
    throw failed("type", `${typeOf(target)} cannot be indexed by ${typeOf(index)}.`, position);
  }

  function member(target: Value, field: string, code: ExpressionErrorCode, position: number): Value {
    if (isMap(target)) return lookUp(target, field, code, position);
    throw failed("type", `${typeOf(target)} has no fields, so no ${field}.`, position);
  }

  function lookUp(map: Scope, key: string, code: ExpressionErrorCode, position: number): Value {
    const value = Object.hasOwn(map, key) ? map[key] : undefined;
    if (value !== undefined) return value;
    const known = Object.keys(map);
    const hint =
      known.length === 0 ? "There is none." : `There ${known.length === 1 ? "is" : "are"} ${known.join(", ")}.`;
    throw failed(code, `There is no ${JSON.stringify(key)}. ${hint}`, position);
  }

  function bool(value: Value, node: Expression): boolean {
    if (typeof value === "boolean") return value;
    throw failed("type", `Expected a bool, but got ${typeOf(value)}.`, node.position);
  }

  function guarded<T>(node: Expression, apply: () => T): T {
    try {
      return apply();
    } catch (error) {
      if (error instanceof ArgumentError) throw failed(error.code, error.message, node.position);
      throw error;
    }
  }

  function mismatch(operator: string, left: Value, right: Value, position: number): ExpressionError {
    return failed("type", `${operator} does not take ${typeOf(left)} and ${typeOf(right)}.`, position);
  }

  function failed(code: ExpressionErrorCode, message: string, position: number): ExpressionError {
    return new ExpressionError(code, message, text, position);
  }
}

const integers = {
  "+": (a: bigint, b: bigint) => a + b,
  "-": (a: bigint, b: bigint) => a - b,
  "*": (a: bigint, b: bigint) => a * b,
  "/": (a: bigint, b: bigint) => a / b,
  "%": (a: bigint, b: bigint) => a % b,
};
const doubles = {
  "+": (a: number, b: number) => a + b,
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
};

/** `inputs.parameters['x'].string_value`: the form of specs older than schema 2.1. */
function typedParameters(parameters: Readonly<Record<string, Value>>): { readonly [key: string]: Value } {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      if (typeof value === "number") {
        const integer = Number.isSafeInteger(value) ? { int_value: BigInt(value) } : {};
        return [name, { ...integer, double_value: value, string_value: String(value) }];
      }
      const text =
        typeof value === "string"
          ? value
          : JSON.stringify(value, (_, each) => (typeof each === "bigint" ? Number(each) : each));
      return [name, { string_value: text }];
    }),
  );
}
