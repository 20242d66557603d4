import type {
  ArgumentNode,
  ComponentNode,
  ContainerNode,
  DefinitionNodes,
  ImporterNode,
  ParameterDefinitionNode,
  PipelineNode,
} from "../nodes/index.ts";
import type { ArtifactListType } from "./artifacts.ts";
import type { Call, Given, Inputs, Outputs, ValuesOf } from "./checks.ts";
import {
  type Argument,
  type ArtifactListPlaceholder,
  type ArtifactPlaceholders,
  argumentNode,
  type InputArtifactPlaceholders,
  type InputPlaceholder,
  inputPlaceholders,
  type OutputParameterPlaceholders,
  outputPlaceholders,
  type Placeholder,
} from "./placeholders.ts";
import { addTask, type Task } from "./task.ts";

/** A step that can be used in pipelines: call it with its inputs, and it becomes a task. */
export interface Component<In extends Inputs, Out extends Outputs, Node extends ComponentNode = ComponentNode> {
  <const Arguments extends Given<In>>(...inputs: Call<In, Arguments>): Task<ValuesOf<Out>>;
  readonly node: Node;
}

export interface ContainerDefinition<In extends Inputs, Out extends Outputs> {
  readonly image: string;
  readonly description?: string;
  readonly inputs?: In;
  readonly outputs?: Out;
  /** The program. The image's own when left out. */
  readonly command?: CommandLine<In, Out>;
  readonly args?: CommandLine<In, Out>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Words of a command line, or a function from the component's inputs and outputs to them. */
export type CommandLine<In, Out> = readonly Argument[] | ((io: ContainerPlaceholders<In, Out>) => readonly Argument[]);

/** What a command line can name: filled in by Vertex when the task starts. */
export interface ContainerPlaceholders<In, Out> {
  readonly inputs: {
    readonly [Name in keyof In]: In[Name] extends ParameterDefinitionNode
      ? InputPlaceholder
      : In[Name] extends ArtifactListType
        ? ArtifactListPlaceholder
        : InputArtifactPlaceholders;
  };
  readonly outputs: {
    readonly [Name in keyof Out]: Out[Name] extends ParameterDefinitionNode
      ? OutputParameterPlaceholders
      : Out[Name] extends ArtifactListType
        ? Placeholder
        : ArtifactPlaceholders;
  };
}

/**
 * A component that is a container.
 *
 * ```ts
 * const train = container("train", {
 *   image: "europe-docker.pkg.dev/team/images/trainer:1",
 *   inputs: { data: Dataset, epochs: int({ default: 3 }) },
 *   outputs: { model: Model },
 *   command: ["python", "-m", "trainer"],
 *   args: ({ inputs, outputs }) => ["--data", inputs.data.path, "--epochs", inputs.epochs, "--model", outputs.model.path],
 * });
 * ```
 */
export function container<
  const In extends Inputs = Record<never, never>,
  const Out extends Outputs = Record<never, never>,
>(name: string, definition: ContainerDefinition<In, Out>): Component<In, Out, ContainerNode> {
  const inputs: DefinitionNodes = definition.inputs ?? {};
  const outputs: DefinitionNodes = definition.outputs ?? {};
  const placeholders = {
    inputs: inputPlaceholders(inputs),
    outputs: outputPlaceholders(outputs),
  } as unknown as ContainerPlaceholders<In, Out>;
  const node: ContainerNode = Object.freeze({
    kind: "container",
    name,
    ...(definition.description !== undefined && { description: definition.description }),
    inputs,
    outputs,
    image: definition.image,
    command: words(definition.command, placeholders),
    arguments: words(definition.args, placeholders),
    environment: definition.env ?? {},
  });
  return component(node);
}

/** A component of any kind, from its node: what loads or generates components uses it. */
export function component<
  In extends Inputs,
  Out extends Outputs,
  Node extends Exclude<ComponentNode, ImporterNode | PipelineNode>,
>(node: Node): Component<In, Out, Node> {
  const use = (given: Readonly<Record<string, unknown>> = {}) => addTask(node, node, given);
  return Object.freeze(Object.assign(use, { node })) as unknown as Component<In, Out, Node>;
}

function words<In, Out>(
  line: CommandLine<In, Out> = [],
  placeholders: ContainerPlaceholders<In, Out>,
): readonly ArgumentNode[] {
  return Object.freeze((typeof line === "function" ? line(placeholders) : line).map(argumentNode));
}
