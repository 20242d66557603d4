import type { Choices } from "./choices.ts";
import type { Json, ParameterKind, ParameterType } from "./model.ts";

const texts = [
  "a",
  "",
  "it's",
  'say "so"',
  "line\nbreak\ttab",
  "é😀\u2028",
  "yes",
  "1",
  "{}",
  "a: b # c",
  "\\",
] as const;

/** A value of the type. */
export function drawConstant(choices: Choices, { type, of }: ParameterType): Json {
  switch (type) {
    case "string":
      return choices.of(texts);
    case "int":
      return choices.of([0, 1, -3, 7, 1_000_000]);
    case "double":
      return choices.of([0.5, 0, 2, 1e-7, -2.25, 1e21, 123456789.125]);
    case "boolean":
      return choices.of([false, true]);
    case "list":
      return Array.from({ length: choices.upTo(3) }, () => drawConstant(choices, of ?? drawInner(choices)));
    case "struct":
      return Object.fromEntries(
        ["b", "a", "c d"]
          .slice(0, choices.upTo(3))
          .map((field) => [field, drawConstant(choices, of ?? drawInner(choices))]),
      );
  }
}

function drawInner(choices: Choices): ParameterType {
  const kinds: readonly [ParameterKind, ...ParameterKind[]] = ["string", "int", "double", "boolean", "list", "struct"];
  return { kind: "parameter", type: choices.of(kinds) };
}

/** Literal items of a loop, and what each of them is. */
export function drawItems(choices: Choices): { readonly items: readonly Json[]; readonly type: ParameterType } {
  const type = choices.of<ParameterKind>(["string", "int", "double", "boolean", "list", "struct"]);
  const count = 1 + choices.upTo(2);
  const draw = (item: ParameterType) => Array.from({ length: count }, () => loopConstant(choices, item));
  if (type === "struct") {
    const field: ParameterType = {
      kind: "parameter",
      type: choices.of<ParameterKind>(["string", "int", "double", "boolean", "list"]),
    };
    const items = Array.from({ length: count }, () => ({
      b: loopConstant(choices, field),
      a: loopConstant(choices, field),
    }));
    return { items, type: { kind: "parameter", type, of: field } };
  }
  return { items: draw({ kind: "parameter", type }), type: { kind: "parameter", type } };
}

/** JSON in a text tells 2.0 from 2, and JavaScript does not: no whole number is among the doubles of a loop. */
function loopConstant(choices: Choices, { type }: ParameterType): Json {
  if (type === "double") return choices.of([0.5, 1e-7, -2.25, 123456789.125]);
  if (type === "list") return Array.from({ length: 1 + choices.upTo(1) }, () => choices.of<Json>(["a", 1, true, "é"]));
  return drawConstant(choices, { kind: "parameter", type });
}
