import type { Expression } from "../../ir/expression/index.ts";

type BinaryOperator = Extract<Expression, { readonly kind: "binary" }>["operator"];

const precedence: Readonly<Record<BinaryOperator, number>> = {
  "||": 1,
  "&&": 2,
  "==": 3,
  "!=": 3,
  "<": 3,
  "<=": 3,
  ">": 3,
  ">=": 3,
  in: 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
};
const tightest = 6;
const words: Readonly<Partial<Record<BinaryOperator, string>>> = {
  "&&": "and",
  "||": "or",
  "!=": "≠",
  "<=": "≤",
  ">=": "≥",
  "==": "=",
};
/** Conversions that the compilers put around a value for the type's sake. */
const conversions = new Set(["int", "double", "string", "bool"]);

/** An expression as a person reads it. @param nameOf What an input is called. */
export function printExpression(expression: Expression, nameOf: (input: string) => string = (input) => input): string {
  return print(expression, 0);

  function print(node: Expression, outer: number): string {
    const input = inputOf(node);
    if (input !== null) return nameOf(input);
    switch (node.kind) {
      case "literal":
        return typeof node.value === "string" ? JSON.stringify(node.value) : String(node.value);
      case "name":
        return node.name;
      case "field":
        return `${print(node.target, tightest)}.${node.field}`;
      case "index":
        return `${print(node.target, tightest)}[${print(node.index, 0)}]`;
      case "list":
        return `[${node.items.map((item) => print(item, 0)).join(", ")}]`;
      case "call": {
        const [only, ...more] = node.arguments;
        if (conversions.has(node.function) && only !== undefined && more.length === 0) return print(only, outer);
        return `${node.function}(${node.arguments.map((argument) => print(argument, 0)).join(", ")})`;
      }
      case "unary":
        return node.operator === "!" ? `not ${print(node.operand, tightest)}` : `-${print(node.operand, tightest)}`;
      case "conditional":
        return parenthesized(
          `${print(node.condition, 1)} ? ${print(node.then, 0)} : ${print(node.otherwise, 0)}`,
          outer > 0,
        );
      case "binary": {
        const own = precedence[node.operator];
        const text = `${print(node.left, own)} ${words[node.operator] ?? node.operator} ${print(node.right, own + 1)}`;
        return parenthesized(text, own < outer);
      }
    }
  }
}

function parenthesized(text: string, needed: boolean): string {
  return needed ? `(${text})` : text;
}

/** `inputs.parameter_values['name']` → `name`. */
export function inputOf(expression: Expression): string | null {
  if (expression.kind !== "index" || expression.index.kind !== "literal") return null;
  const { target, index } = expression;
  return target.kind === "field" && target.field === "parameter_values" && typeof index.value === "string"
    ? index.value
    : null;
}

/** Inputs that an expression reads. */
export function inputsIn(expression: Expression): readonly string[] {
  const input = inputOf(expression);
  if (input !== null) return [input];
  switch (expression.kind) {
    case "field":
      return inputsIn(expression.target);
    case "index":
      return [...inputsIn(expression.target), ...inputsIn(expression.index)];
    case "call":
      return expression.arguments.flatMap(inputsIn);
    case "list":
      return expression.items.flatMap(inputsIn);
    case "unary":
      return inputsIn(expression.operand);
    case "binary":
      return [...inputsIn(expression.left), ...inputsIn(expression.right)];
    case "conditional":
      return [expression.condition, expression.then, expression.otherwise].flatMap(inputsIn);
    default:
      return [];
  }
}
