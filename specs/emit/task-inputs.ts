import type {
  TaskInputsSpec_InputArtifactSpecJson,
  TaskInputsSpec_InputParameterSpecJson,
  TaskInputsSpecJson,
} from "../ir/types.ts";
import type { ValueNode } from "../nodes/index.ts";
import type { Channel, Channels } from "./channels.ts";
import type { Group } from "./groups.ts";
import { mutable } from "./json.ts";
import { emitTemplate, referencesOf } from "./templates.ts";

/** The inputs of a step in a DAG, as they are gathered. */
export class TaskInputs {
  readonly #parameters: Record<string, TaskInputsSpec_InputParameterSpecJson> = {};
  readonly #artifacts: Record<string, TaskInputsSpec_InputArtifactSpecJson> = {};
  readonly #around: Group;
  readonly #channels: Channels;

  /** `around` is the DAG that the step is in. */
  constructor(around: Group, channels: Channels) {
    this.#around = around;
    this.#channels = channels;
  }

  /** What the author gave a task. */
  add(name: string, value: ValueNode): void {
    switch (value.kind) {
      case "constant":
        this.#parameters[name] = { runtimeValue: { constant: mutable(value.value) } };
        break;
      case "template":
        for (const reference of referencesOf(value.value, value.references)) {
          const channel = this.#channels.of(reference);
          this.addChannel(channel.name, channel);
        }
        this.#parameters[name] = {
          runtimeValue: { constant: mutable(emitTemplate(value.value, value.references, this.#channels)) },
        };
        break;
      default:
        this.addChannel(name, this.#channels.of(value));
    }
  }

  addChannel(name: string, channel: Channel): void {
    if (channel.definition.kind === "parameter") this.#parameters[name] = parameterSource(channel, this.#around);
    else this.#artifacts[name] = artifactSource(channel, this.#around);
  }

  addFinalStatus(name: string, producerTask: string): void {
    this.#parameters[name] = { taskFinalStatus: { producerTask } };
  }

  emit(): { inputs?: TaskInputsSpecJson } {
    const parameters = this.#parameters;
    const artifacts = this.#artifacts;
    const some = {
      ...(Object.keys(parameters).length > 0 && { parameters }),
      ...(Object.keys(artifacts).length > 0 && { artifacts }),
    };
    return Object.keys(some).length === 0 ? {} : { inputs: some };
  }
}

/** Where a DAG finds a parameter: at a step in it, or among its own inputs. */
export function parameterSource(channel: Channel, around: Group): TaskInputsSpec_InputParameterSpecJson {
  const { from } = channel;
  if (from.kind === "field" && !takesAsItIs(channel, from.item, around)) {
    return {
      componentInputParameter: inputName(from.item, around),
      parameterExpressionSelector: `parseJson(string_value)[${JSON.stringify(from.field)}]`,
    };
  }
  if (from.kind === "step" && channel.home === around) {
    return { taskOutputParameter: { producerTask: from.step.name, outputParameterKey: from.output } };
  }
  return { componentInputParameter: inputName(channel, around) };
}

/** Whether a group takes the field of an item, and not the item. */
function takesAsItIs(field: Channel, item: Channel, around: Group): boolean {
  return around !== field.home && around.channels.has(field.name) && !around.channels.has(item.name);
}

function artifactSource(channel: Channel, around: Group): TaskInputsSpec_InputArtifactSpecJson {
  const { from } = channel;
  if (from.kind === "step" && channel.home === around) {
    return { taskOutputArtifact: { producerTask: from.step.name, outputArtifactKey: from.output } };
  }
  return { componentInputArtifact: inputName(channel, around) };
}

/** Only the pipeline's own DAG calls an input as the author does. */
function inputName({ name, from }: Channel, around: Group): string {
  return from.kind === "input" && around.kind === "root" ? from.input : name;
}
