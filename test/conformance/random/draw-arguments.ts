import type { Choices } from "./choices.ts";
import { drawConstant } from "./draw-constants.ts";
import {
  type Argument,
  type ArtifactType,
  type Callable,
  type Known,
  known,
  type ParameterType,
  type Reference,
} from "./model.ts";
import { canBeMarked, canBeMetadata } from "./python-mistakes.ts";
import type { Scope, Value } from "./scope.ts";

const knowns = Object.keys(known) as [Known, ...Known[]];

/**
 * An argument for each input, but for some that can be left out. `makeArtifact` makes an artifact that is not there.
 * Null where an input cannot be given.
 */
export function drawArguments(
  choices: Choices,
  { inputs }: Callable,
  scope: Scope,
  makeArtifact: (type: ArtifactType) => Reference | null,
): Readonly<Record<string, Argument>> | null {
  const given: Record<string, Argument> = {};
  for (const { name, type, optional } of inputs) {
    if (type.kind === "final-status" || (optional && choices.chance(50))) continue;
    if (type.kind === "parameter") {
      given[name] = drawArgument(choices, type, scope);
      continue;
    }
    const found = choices.maybeOf(scope.values.filter((value) => isArtifact(value, type)))?.reference;
    const value = found ?? (type.list || optional ? null : makeArtifact(type));
    if (value !== null) given[name] = value;
    else if (!optional) return null;
  }
  return given;
}

export function drawArgument(choices: Choices, type: ParameterType, scope: Scope, mostInText = 3): Argument {
  const values = scope.values.filter((value) => value.type.kind === "parameter" && value.type.type === type.type);
  const value = choices.chance(75) ? choices.maybeOf(values.slice().reverse()) : undefined;
  if (value !== undefined) return value.reference;
  if (type.type === "string") {
    if (choices.chance(10)) return { kind: "known", known: choices.of(knowns) };
    if (choices.chance(45)) return drawText(choices, scope, mostInText);
  }
  if (type.type === "list" && choices.chance(40)) return { kind: "list", items: drawAll(choices, scope) };
  if (type.type === "struct" && choices.chance(40)) {
    const fields = drawAll(choices, scope).map((each, index) => [`field ${index}`, each] as const);
    return { kind: "struct", fields: Object.fromEntries(fields) };
  }
  return { kind: "constant", value: drawConstant(choices, type), type: type.type };
}

/** A text with values in it. */
function drawText(choices: Choices, scope: Scope, most = 3): Argument {
  const parts: (string | Reference)[] = [];
  const values = scope.values.filter(canBeMarked);
  for (let count = 1 + choices.upTo(most - 1); count > 0; count--) {
    const value = choices.maybeOf(values);
    parts.push(choices.of(["from ", "", "{x} = ", '"', "\n"]), ...(value === undefined ? [] : [value.reference]));
  }
  return { kind: "text", parts: [...parts, choices.of(["", "!"])] };
}

function drawAll(choices: Choices, scope: Scope, mostInText = 3): readonly Argument[] {
  return Array.from({ length: 1 + choices.upTo(2) }, (): Argument => {
    const value = choices.chance(60) ? choices.maybeOf(scope.values.filter(canBeMarked)) : undefined;
    if (value !== undefined) return value.reference;
    if (choices.chance(30)) return drawText(choices, scope, mostInText);
    if (choices.chance(20))
      return {
        kind: "list",
        items: [{ kind: "constant", value: 1, type: "int" }, drawText(choices, scope, mostInText)],
      };
    return { kind: "constant", value: drawConstant(choices, { kind: "parameter", type: "double" }), type: "double" };
  });
}

function isArtifact({ type }: Value, wanted: ArtifactType): boolean {
  return (
    type.kind === "artifact" &&
    type.list === wanted.list &&
    (type.class === wanted.class || wanted.class === "Artifact")
  );
}

export function drawImporterArguments(choices: Choices, scope: Scope) {
  const text: ParameterType = { kind: "parameter", type: "string" };
  const uri: Argument = choices.chance(60)
    ? drawUri(choices, scope)
    : { kind: "constant", value: "gs://bucket/object", type: "string" };
  // The Python SDK orders the values in a text by chance here: there is one only.
  const known = scope.where(canBeMetadata);
  const metadata: Argument | null = choices.chance(35)
    ? {
        kind: "struct",
        fields: {
          name: drawArgument(choices, text, known, 1),
          more: { kind: "list", items: drawAll(choices, known, 1) },
        },
      }
    : null;
  return { uri, metadata, reimport: choices.chance(30) };
}

function drawUri(choices: Choices, scope: Scope): Argument {
  const values = scope.values.filter(({ type }) => type.kind === "parameter" && type.type === "string");
  return choices.maybeOf(values)?.reference ?? { kind: "constant", value: "gs://bucket/other", type: "string" };
}
