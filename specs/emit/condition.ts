import { quote } from "../ir/expression/index.ts";
import type { CompareNode, ConditionNode, OperandNode, ParameterKind, ReferenceNode } from "../nodes/index.ts";
import type { Channels } from "./channels.ts";
import { pythonNumber } from "./python-json.ts";

/** Of two types, a comparison is made in the one that stands before the other. */
const wider: readonly ParameterKind[] = ["string", "boolean", "double"];

/** Conditions that all have to hold, in the IR's expression language. */
export function emitConditions(conditions: readonly ConditionNode[], channels: Channels): string {
  const emitters: {
    readonly [Kind in ConditionNode["kind"]]: (node: Extract<ConditionNode, { kind: Kind }>) => string;
  } = {
    compare: emitCompare,
    not: (node) => `!(${emit(node.condition)})`,
    and: (node) => node.conditions.map((each) => (each.kind === "or" ? `(${emit(each)})` : emit(each))).join(" && "),
    or: (node) => node.conditions.map(emit).join(" || "),
  };
  const [only, ...others] = conditions;
  return only !== undefined && others.length === 0 ? emit(only) : emit({ kind: "and", conditions });

  function emit(node: ConditionNode): string {
    return emitters[node.kind](node as never);
  }

  function emitCompare({ operator, left, right }: CompareNode): string {
    const type = wider.find((each) => each === left.type || each === right.type) ?? left.type;
    return `${emitOperand(left, type)} ${operator} ${emitOperand(right, type)}`;
  }

  function emitOperand(operand: OperandNode, wanted: ParameterKind): string {
    const { value } = operand;
    const known = value.kind === "constant" || value.kind === "template";
    const text = known
      ? emitConstant(operand)
      : emitInput(channels.of(value satisfies ReferenceNode).name, operand.type);
    if (operand.type === wanted) return text;
    // An item of which nothing is known counts as a text, so what it is compared with is one, too.
    if (wanted === "string") return known ? quote(text) : text;
    return wanted === "double" ? `double(${text})` : text;
  }
}

/** Numbers reach an expression as doubles, so an integer is one only after `int()`. */
function emitInput(name: string, type: ParameterKind): string {
  const value = `inputs.parameter_values[${quote(name)}]`;
  return type === "int" ? `int(${value})` : value;
}

function emitConstant({ value, type }: OperandNode): string {
  const constant = value.kind === "constant" ? value.value : null;
  if (typeof constant === "string") return quote(constant);
  if (typeof constant === "number") return pythonNumber(constant, type === "int" ? "int" : "double");
  return String(constant);
}
