import { type Expression, parseExpression } from "../../ir/expression/index.ts";
import type { Condition } from "./flow.ts";
import { printExpression } from "./print-expression.ts";
import type { Source } from "./source.ts";

/**
 * A trigger's condition as the author wrote it. The compilers put the negations of all earlier branches before the
 * condition of an `else if`, and only those for `else`.
 *
 * @param earlier Conditions of the branches before it, in the same group of branches; it is added to them.
 */
export function readCondition(text: string, names: ReadonlyMap<string, Source>, earlier: string[] | null): Condition {
  const parsed = parseExpression(text);
  if (earlier === null) return { keyword: "if", expression: parsed, names };
  const ruledOut = new Set(earlier);
  const own = conjuncts(parsed).filter(
    (part) => !(part.kind === "unary" && part.operator === "!" && ruledOut.has(printExpression(part.operand))),
  );
  const first = earlier.length === 0;
  const [head, ...rest] = own;
  if (head === undefined) return { keyword: "else", expression: null, names };
  const expression = rest.reduce<Expression>(
    (left, right) => ({ kind: "binary", operator: "&&", left, right, position: right.position }),
    head,
  );
  earlier.push(printExpression(expression));
  return { keyword: first ? "if" : "else if", expression, names };
}

function conjuncts(expression: Expression): readonly Expression[] {
  return expression.kind === "binary" && expression.operator === "&&"
    ? [...conjuncts(expression.left), ...conjuncts(expression.right)]
    : [expression];
}
