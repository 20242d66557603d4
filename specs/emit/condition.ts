import { quote } from "../ir/expression/index.ts";
import type { CompareNode, ConditionNode, OperandNode, ParameterKind } from "../nodes/index.ts";

/** A condition in the IR's expression language. `name` says what an operand's value is called in the DAG. */
export function emitCondition(condition: ConditionNode, name: (operand: OperandNode) => string | null): string {
  const emitters: {
    readonly [Kind in ConditionNode["kind"]]: (node: Extract<ConditionNode, { kind: Kind }>) => string;
  } = {
    compare: emitCompare,
    not: (node) => `!(${emit(node.condition)})`,
    and: (node) => node.conditions.map((each) => (each.kind === "or" ? `(${emit(each)})` : emit(each))).join(" && "),
    or: (node) => node.conditions.map(emit).join(" || "),
  };
  return emit(condition);

  function emit(node: ConditionNode): string {
    return emitters[node.kind](node as never);
  }

  function emitCompare({ operator, left, right }: CompareNode): string {
    const type = left.type === right.type ? left.type : "double";
    return `${emitOperand(left, type)} ${operator} ${emitOperand(right, type)}`;
  }

  function emitOperand(operand: OperandNode, wanted: ParameterKind): string {
    const input = name(operand);
    const text = input === null ? emitConstant(operand) : emitInput(input, operand.type);
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
  if (typeof constant === "number" && type === "double" && Number.isInteger(constant)) return constant.toFixed(1);
  return String(constant);
}
