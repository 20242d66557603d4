import { SpecError, type SpecErrorPlace } from "../error.ts";
import type {
  CollectedNode,
  DefinitionNode,
  ItemFieldNode,
  LoopItemNode,
  OneOfNode,
  PipelineNode,
  ReferenceNode,
  TaskOutputNode,
} from "../nodes/index.ts";
import type { Origin } from "../origin.ts";
import { componentOutput } from "./component-interface.ts";
import type { Group, Groups, PlacedTask } from "./groups.ts";

/** A value that passes from where it comes to exist into the DAGs further in. */
export interface Channel {
  /** How the DAGs that it passes into call it, `pipelinechannel--` before it. */
  readonly name: string;
  readonly definition: DefinitionNode;
  /** The DAG in which it comes to exist. */
  readonly home: Group;
  readonly from:
    | { readonly kind: "input"; readonly input: string }
    | { readonly kind: "step"; readonly step: Group | PlacedTask; readonly output: string }
    | { readonly kind: "item"; readonly loop: Group }
    | { readonly kind: "field"; readonly item: Channel; readonly field: string };
}

/** What a group's DAG gives to the outside. */
export interface GroupOutput {
  readonly definition: DefinitionNode;
  /** One, or of several the one that ran. */
  readonly selectors: readonly { readonly step: string; readonly output: string }[];
  readonly oneOf: boolean;
}

export interface Channels {
  /** Throws `SpecError` for a value of another pipeline. */
  of(reference: ReferenceNode): Channel;
}

const prefix = "pipelinechannel--";

/** Finds where values come from. What comes from inside a group is made an output of it on the way. */
export function findChannels(pipeline: PipelineNode, { root, tasks, byId }: Groups): Channels {
  const known = new Map<ReferenceNode, Channel>();
  const finders: {
    readonly [Kind in ReferenceNode["kind"]]: (node: Extract<ReferenceNode, { kind: Kind }>) => Channel;
  } = {
    "pipeline-input": ({ name }) => {
      const definition = pipeline.inputs[name];
      if (definition === undefined) throw lost();
      return channel(name, definition, root, { kind: "input", input: name });
    },
    "task-output": findTaskOutput,
    "loop-item": findItem,
    "item-field": findField,
    collected: findCollected,
    "one-of": findOneOf,
  };
  return { of };

  function of(reference: ReferenceNode): Channel {
    const earlier = known.get(reference);
    if (earlier !== undefined) return earlier;
    const found = finders[reference.kind](reference as never);
    known.set(reference, found);
    return found;
  }

  function findTaskOutput({ task: id, output }: TaskOutputNode): Channel {
    const task = tasks.get(id);
    const definition = task === undefined ? undefined : componentOutput(task.node.component, output);
    if (task === undefined || definition === undefined) throw lost();
    return step(task, output, definition);
  }

  function findItem({ loop: id }: LoopItemNode): Channel {
    const group = byId.get(id);
    if (group === undefined || group.loop === null) throw lost();
    const { node, literalName } = group.loop;
    const name = node.items.kind === "literal" ? literalName : `${unprefixed(of(node.items.value))}-loop-item`;
    return channel(name ?? "", node.item, group, { kind: "item", loop: group });
  }

  function findField({ item: node, field }: ItemFieldNode): Channel {
    const item = of(node);
    const { definition } = item;
    const fields = definition.kind === "parameter" ? definition.fields : undefined;
    const name = `${unprefixed(item)}-subvar-${field}`;
    return channel(name, fields ?? { kind: "parameter", type: "string", optional: false }, item.home, {
      kind: "field",
      item,
      field,
    });
  }

  /** Carried out of every group up to the one that it is seen from outside of. */
  function findCollected({ group: id, value }: CollectedNode): Channel {
    const outermost = byId.get(id);
    if (outermost === undefined) throw lost();
    const made = of(value);
    return carryOut(made, outermost, listOf(made.definition));
  }

  /** Carried out of each branch, and chosen from among them by the group around the branches. */
  function findOneOf({ branches: id, index, values }: OneOfNode): Channel {
    const around = byId.get(id);
    if (around === undefined) throw lost();
    const carried = values.map((value) => {
      const made = of(value);
      return carryOut(made, branchOf(made.home, around), made.definition);
    });
    const [first] = carried;
    if (first === undefined) throw lost();
    const output = `${prefix}${around.name}-oneof-${index + 1}`;
    const selectors = carried.map(({ from }) => selector(from));
    around.outputs.set(output, { definition: crossing(first.definition), selectors, oneOf: true });
    return step(around, output, first.definition);
  }

  function carryOut(made: Channel, outermost: Group, definition: DefinitionNode): Channel {
    let current = made;
    for (let group: Group = made.home; ; ) {
      group.outputs.set(made.name, {
        definition: crossing(definition),
        selectors: [selector(current.from)],
        oneOf: false,
      });
      current = step(group, made.name, definition);
      if (group === outermost) return current;
      if (group.parent === null) throw lost();
      group = group.parent;
    }
  }

  function branchOf(home: Group, around: Group): Group {
    let group = home;
    while (group.parent !== around) {
      if (group.parent === null) throw lost();
      group = group.parent;
    }
    return group;
  }

  function step(made: Group | PlacedTask, output: string, definition: DefinitionNode): Channel {
    const home = isTask(made) ? made.group : made.parent;
    if (home === null) throw lost();
    return channel(`${made.name}-${output}`, definition, home, { kind: "step", step: made, output });
  }

  function selector(from: Channel["from"]): { readonly step: string; readonly output: string } {
    if (from.kind !== "step") throw lost();
    return { step: from.step.name, output: from.output };
  }

  function lost(): SpecError {
    const message = "uses a value of another pipeline. Pass it in as an input.";
    return new SpecError("unreachable", message, { pipeline: pipeline.name });
  }
}

function channel(name: string, definition: DefinitionNode, home: Group, from: Channel["from"]): Channel {
  return { name: `${prefix}${name}`, definition: crossing(definition), home, from };
}

function unprefixed({ name }: Channel): string {
  return name.slice(prefix.length);
}

/** A value that crosses into a DAG is always given, so it has neither default nor description there. */
function crossing(definition: DefinitionNode): DefinitionNode {
  if (definition.kind === "parameter") {
    const { type, items, fields } = definition;
    return {
      kind: "parameter",
      type,
      optional: false,
      ...(items !== undefined && { items }),
      ...(fields !== undefined && { fields }),
    };
  }
  const { schemaTitle, schemaVersion, list } = definition;
  return { kind: "artifact", schemaTitle, schemaVersion, list, optional: false };
}

function listOf(definition: DefinitionNode): DefinitionNode {
  return definition.kind === "parameter"
    ? { kind: "parameter", type: "list", optional: false, items: definition }
    : { ...definition, list: true };
}

export function isTask(step: Group | PlacedTask): step is PlacedTask {
  return "node" in step;
}

/** A place in the author's code, for errors. */
export interface Written {
  readonly place: SpecErrorPlace;
  readonly origin: Origin;
}
