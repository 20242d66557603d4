import type { Choices } from "./choices.ts";
import { drawConstant } from "./draw-constants.ts";
import {
  type ArtifactType,
  type Component,
  googleClasses,
  type Input,
  type Known,
  known,
  type Output,
  type ParameterKind,
  type ParameterType,
  systemClasses,
  type Word,
} from "./model.ts";
import { isLost } from "./python-mistakes.ts";

const kinds = ["string", "int", "double", "boolean", "list", "struct"] as const;
const knowns = Object.keys(known) as [Known, ...Known[]];

/** The first of a program takes parameters only, so that it can be used anywhere. */
export function drawComponent(name: string, choices: Choices, isFirst: boolean): Component {
  const drawn = drawInputs(choices, choices.upTo(4), "container");
  const inputs = isFirst ? drawn.filter(({ type }) => type.kind === "parameter") : drawn;
  const outputs: Output[] = Array.from({ length: choices.upTo(3) }, (_, index) => ({
    name: `out_${index}`,
    type: choices.chance(40) ? { ...drawArtifact(choices), list: false } : drawParameter(choices),
  }));
  return {
    kind: "container",
    name,
    inputs:
      choices.chance(12) && !isFirst
        ? [...inputs, { name: "status", type: { kind: "final-status" }, optional: true }]
        : inputs,
    outputs,
    image: `image-of-${name}`,
    command: drawWords(choices, { inputs, outputs }, 3),
    args: drawWords(choices, { inputs, outputs }, 4),
  };
}

export function drawInputs(choices: Choices, count: number, of: "container" | "pipeline"): readonly Input[] {
  return Array.from({ length: count }, (_, index): Input => {
    const name = `in_${index}`;
    const described = choices.chance(8) ? { description: `What ${name} is.` } : {};
    if (choices.chance(35)) {
      const type = { ...drawArtifact(choices), list: choices.chance(30) };
      return { name, type, optional: of === "container" && choices.chance(25), ...described };
    }
    const type = drawParameter(choices);
    if (!choices.chance(45)) return { name, type, optional: false, ...described };
    if (choices.chance(30)) return { name, type, optional: true, ...described };
    return { name, type, optional: true, default: drawConstant(choices, type), ...described };
  });
}

export function drawParameter(choices: Choices): ParameterType {
  const type = choices.of(kinds);
  if ((type !== "list" && type !== "struct") || choices.chance(40)) return { kind: "parameter", type };
  const inner: readonly [ParameterKind, ...ParameterKind[]] = ["string", "int", "double", "boolean", "struct"];
  const of = choices.of(inner);
  return {
    kind: "parameter",
    type,
    of:
      of === "struct"
        ? { kind: "parameter", type: of, of: { kind: "parameter", type: "int" } }
        : { kind: "parameter", type: of },
  };
}

function drawArtifact(choices: Choices): Omit<ArtifactType, "list"> {
  if (choices.chance(75)) return { kind: "artifact", class: choices.of(["Dataset", "Model"]) };
  return { kind: "artifact", class: choices.of([...systemClasses, ...googleClasses]) };
}

function drawWords(choices: Choices, { inputs, outputs }: Ends, most: number): readonly Word[] {
  const words: Word[] = [];
  for (let count = choices.upTo(most); count > 0; count--) words.push(drawWord(choices, { inputs, outputs }, 2, false));
  return words;
}

/** The Python SDK takes no more than one word for each case of an if-present inside a concat. */
function drawWord(choices: Choices, ends: Ends, depth: number, isJoined: boolean): Word {
  const nested = (most: number, joined: boolean) =>
    Array.from({ length: 1 + choices.upTo(most) }, () => drawWord(choices, ends, depth - 1, joined));
  if (depth > 0 && choices.chance(15)) return { kind: "concat", items: nested(2, true) };
  if (depth > 0 && choices.chance(50)) {
    const input = choices.maybeOf(ends.inputs.filter(({ optional }) => optional));
    if (input !== undefined) {
      const words = () =>
        isJoined || choices.chance(30) ? drawWord(choices, ends, depth - 1, isJoined) : nested(2, false);
      const otherwise = choices.chance(40) ? words() : null;
      return {
        kind: "if-present",
        input: input.name,
        present: words(),
        otherwise: isLost(otherwise) ? null : otherwise,
      };
    }
  }
  return choices.of(plainWords(choices, ends));
}

interface Ends {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
}

function plainWords(choices: Choices, { inputs, outputs }: Ends): readonly [Word, ...Word[]] {
  return [
    { kind: "text", text: choices.of(["go", "--flag", "", 'it\'s "so"', "line\nbreak", "$HOME {0} %s", "é😀"]) },
    { kind: "known", known: choices.of(knowns) },
    ...inputs.flatMap(({ name, type }): Word[] => {
      if (type.kind === "final-status") return [];
      if (type.kind === "parameter" || type.list) return [{ kind: "value", input: name }];
      return artifactWords("inputs", name);
    }),
    ...outputs.flatMap(({ name, type }): readonly Word[] =>
      type.kind === "parameter" ? [{ kind: "path", of: "outputs", name }] : artifactWords("outputs", name),
    ),
  ];
}

function artifactWords(of: "inputs" | "outputs", name: string): Word[] {
  return (["path", "uri", "metadata"] as const).map((kind) => ({ kind, of, name }));
}
