import { quote } from "../ir/expression/index.ts";
import type { CompareNode, ConditionNode, OperandNode, ParameterKind, ReferenceNode } from "../nodes/index.ts";
import type { Channels } from "./channels.ts";
import { pythonNumber } from "./python-json.ts";

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
    const type = left.type === right.type ? left.type : "double";
    return `${emitOperand(left, type)} ${operator} ${emitOperand(right, type)}`;
  }

  function emitOperand(operand: OperandNode, wanted: ParameterKind): string {
    const { value } = operand;
    const text =
      value.kind === "constant" || value.kind === "template"
        ? emitConstant(operand)
        : emitInput(channels.of(value satisfies ReferenceNode).name, operand.type);
    return operand.type === wanted ? text : `double(${text})`;
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
