export type BinaryOperator = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "+" | "-" | "*" | "/" | "%";
export type UnaryOperator = "!" | "-";

/** A parsed expression. `position` is where in the text the node's operator or first token stands. */
export type Expression =
  | { readonly kind: "literal"; readonly value: string | bigint | number | boolean | null; readonly position: number }
  | { readonly kind: "name"; readonly name: string; readonly position: number }
  | { readonly kind: "field"; readonly target: Expression; readonly field: string; readonly position: number }
  | { readonly kind: "index"; readonly target: Expression; readonly index: Expression; readonly position: number }
  | {
      readonly kind: "call";
      readonly function: string;
      readonly arguments: readonly Expression[];
      readonly position: number;
    }
  | { readonly kind: "list"; readonly items: readonly Expression[]; readonly position: number }
  | {
      readonly kind: "unary";
      readonly operator: UnaryOperator;
      readonly operand: Expression;
      readonly position: number;
    }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly position: number;
    }
  | {
      readonly kind: "conditional";
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
      readonly position: number;
    };
