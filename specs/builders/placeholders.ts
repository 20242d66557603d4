import {
  type ArgumentNode,
  type ConcatNode,
  type DefinitionNodes,
  type IfPresentNode,
  placeholder,
} from "../nodes/index.ts";

/** Text that Vertex fills in when the task starts. It can be part of a template string. */
export class Placeholder {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** The value of an input parameter. */
export class InputPlaceholder extends Placeholder {
  readonly input: string;

  constructor(input: string) {
    super(placeholder.inputParameter(input));
    this.input = input;
  }
}

/** All artifacts of a list, as JSON. */
export class ArtifactListPlaceholder extends Placeholder {
  readonly input: string;

  constructor(input: string) {
    super(placeholder.inputArtifacts(input));
    this.input = input;
  }
}

/** An artifact's metadata as JSON, or one field of it. */
export class MetadataPlaceholder extends Placeholder {
  field(name: string): Placeholder {
    return new Placeholder(`${this.text.slice(0, -"}}".length)}['${name}']}}`);
  }
}

/** Where the container finds, or leaves, an artifact. */
export interface ArtifactPlaceholders {
  /** As a file path, on the mounted bucket. */
  readonly path: Placeholder;
  readonly uri: Placeholder;
  readonly metadata: MetadataPlaceholder;
}

export interface InputArtifactPlaceholders extends ArtifactPlaceholders {
  readonly input: string;
}

/** Where the container writes an output parameter's value. */
export interface OutputParameterPlaceholders {
  readonly path: Placeholder;
}

/** Everything about the task's inputs and outputs, as JSON: KFP's `ExecutorInput` message. */
export const executorInput = new Placeholder(placeholder.executorInput);

/** A word of a container's command line. */
export type Argument = string | number | Placeholder | ConditionalArgument;

/** A word, or several, that Vertex works out when the task starts. */
export class ConditionalArgument {
  readonly node: ConcatNode | IfPresentNode;

  constructor(node: ConcatNode | IfPresentNode) {
    this.node = node;
  }
}

/** One word from several. */
export function concat(...items: readonly Argument[]): ConditionalArgument {
  return new ConditionalArgument({ kind: "concat", items: items.map(argumentNode) });
}

/** Words that are there only when an optional input is given. */
export function ifPresent(
  input: { readonly input: string },
  present: Argument | readonly Argument[],
  absent?: Argument | readonly Argument[],
): ConditionalArgument {
  return new ConditionalArgument({
    kind: "if-present",
    input: input.input,
    present: argumentNodes(present),
    ...(absent !== undefined && { absent: argumentNodes(absent) }),
  });
}

export function argumentNode(argument: Argument): ArgumentNode {
  if (argument instanceof ConditionalArgument) return argument.node;
  return String(argument);
}

function argumentNodes(words: Argument | readonly Argument[]): ArgumentNode | readonly ArgumentNode[] {
  return isList(words) ? words.map(argumentNode) : argumentNode(words);
}

function isList(words: Argument | readonly Argument[]): words is readonly Argument[] {
  return Array.isArray(words);
}

export function inputPlaceholders(
  inputs: DefinitionNodes,
): Readonly<Record<string, InputPlaceholder | InputArtifactPlaceholders | ArtifactListPlaceholder>> {
  return mapEntries(inputs, (name, definition) => {
    if (definition.kind === "parameter") return new InputPlaceholder(name);
    if (definition.list) return new ArtifactListPlaceholder(name);
    return {
      input: name,
      path: new Placeholder(placeholder.inputArtifact(name, "path")),
      uri: new Placeholder(placeholder.inputArtifact(name, "uri")),
      metadata: new MetadataPlaceholder(placeholder.inputArtifact(name, "metadata")),
    };
  });
}

export function outputPlaceholders(
  outputs: DefinitionNodes,
): Readonly<Record<string, OutputParameterPlaceholders | ArtifactPlaceholders | Placeholder>> {
  return mapEntries(outputs, (name, definition) => {
    if (definition.kind === "parameter") return { path: new Placeholder(placeholder.outputParameterFile(name)) };
    if (definition.list) return new Placeholder(placeholder.outputArtifacts(name));
    return {
      path: new Placeholder(placeholder.outputArtifact(name, "path")),
      uri: new Placeholder(placeholder.outputArtifact(name, "uri")),
      metadata: new MetadataPlaceholder(placeholder.outputArtifact(name, "metadata")),
    };
  });
}

function mapEntries<T>(
  definitions: DefinitionNodes,
  map: (name: string, definition: DefinitionNodes[string]) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(definitions).map(([name, definition]) => [name, map(name, definition)]));
}
