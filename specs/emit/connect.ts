import { SpecError } from "../error.ts";
import type {
  ConditionNode,
  KubernetesValue,
  PipelineNode,
  ReferenceNode,
  TaskNode,
  ValueNode,
} from "../nodes/index.ts";
import { nowhere } from "../origin.ts";
import { type Channel, type Channels, isTask, type Written } from "./channels.ts";
import { refuseCycles } from "./cycles.ts";
import type { Group, Groups, PlacedTask } from "./groups.ts";
import { itemInput } from "./task.ts";

/** Passes every value down to where it is needed, and orders the steps that it makes depend on each other. */
export function connect(pipeline: PipelineNode, groups: Groups, channels: Channels): void {
  for (const group of groups.all) connectGroup(group);
  for (const task of groups.tasks.values()) connectTask(task);
  refuseCycles(pipeline, groups);

  function connectTask(task: PlacedTask): void {
    const { node, group } = task;
    const written: Written = { place: { pipeline: pipeline.name, task: task.name }, origin: node.origin };
    for (const [input, value] of Object.entries(node.arguments)) {
      const here: Written = { place: { ...written.place, input }, origin: node.origin };
      for (const reference of referencesIn(value)) use(reference, task, group, here, true);
    }
    for (const reference of settingsReferences(node)) use(reference, task, group, written, true);
    for (const reference of kubernetesReferences(node.settings.kubernetes)) {
      const channel = channels.of(reference);
      // A platform document can take no field of an item: the groups around the task take the field itself.
      pass(channel, group, written);
      follow(channel, task, group, written);
    }
    // What only resources read is ordered by the data alone, as the Python SDK has it.
    for (const reference of resourceReferences(node)) use(reference, task, group, written, false);
    for (const id of node.after) depend(task, stepOf(id, written), written);
    if (task.exitOf !== null) checkExit(task, written);
  }

  /** It runs whatever became of the others, so it can rely on none. */
  function checkExit({ node, dependencies }: PlacedTask, { place, origin }: Written): void {
    const references = [
      ...Object.values(node.arguments).flatMap(referencesIn),
      ...settingsReferences(node),
      ...kubernetesReferences(node.settings.kubernetes),
      ...resourceReferences(node),
    ];
    if (dependencies.size === 0 && references.every((reference) => reference.kind === "pipeline-input")) return;
    const message = "ends an exit handler, so it takes inputs of the pipeline only, and waits for no other task.";
    throw new SpecError("unsupported", message, place, origin);
  }

  function connectGroup(group: Group): void {
    const { loop } = group;
    if (loop !== null && loop.node.items.kind === "reference") {
      const items = channels.of(loop.node.items.value);
      const written: Written = { place: { pipeline: pipeline.name, task: group.name }, origin: loop.node.origin };
      if (!takeField(items, group, written)) pass(items, group, written);
    }
    // What a condition reads passes into its branch and into every group inside it.
    for (let outer: Group | null = group; outer !== null; outer = outer.parent) {
      for (const reference of outer.conditions.flatMap(conditionReferences)) {
        const written: Written = { place: { pipeline: pipeline.name, task: outer.name }, origin: nowhere };
        const channel = channels.of(reference);
        const isField = outer === group && takeField(channel, group, written);
        // Of a literal item, the field is all that passes.
        if (isField && isLiteral(carrier(channel))) follow(channel, group, group, written);
        else if (!(channel.from.kind === "field" && isLiteral(carrier(channel))))
          use(reference, group, group, written, true);
      }
    }
  }

  /** A group that reads a field of an item takes the field; the item is needed only around the group. */
  function takeField(channel: Channel, group: Group, written: Written): boolean {
    if (channel.from.kind !== "field") return false;
    group.channels.set(channel.name, channel);
    if (group.parent !== null) pass(carrier(channel), group.parent, written);
    return true;
  }

  function use(
    reference: ReferenceNode,
    consumer: PlacedTask | Group,
    inside: Group,
    written: Written,
    ordered: boolean,
  ): void {
    const channel = channels.of(reference);
    pass(carrier(channel), inside, written);
    if (ordered) follow(channel, consumer, inside, written);
  }

  /** Into every group from the one inside which it is needed out to its home. */
  function pass(channel: Channel, inside: Group, written: Written): void {
    for (let group = inside; group !== channel.home; ) {
      if (channel.from.kind === "item") refuseHidden(channel, group, written);
      group.channels.set(channel.name, channel);
      if (group.parent === null) throw unreachable(channel, written);
      group = group.parent;
    }
  }

  /** An item is called after its list. */
  function refuseHidden(item: Channel, group: Group, { place, origin }: Written): void {
    if (itemInput(group, channels) !== item.name) return;
    const message =
      "takes the item of an outer loop inside a loop over the same list, where the inner item hides it. " +
      "Make what needs both a pipeline of its own, which takes the outer item and the list as inputs.";
    throw new SpecError("unsupported", message, place, origin);
  }

  /** An item comes from the list, so what needs the one depends on what makes the other. */
  function follow(channel: Channel, consumer: PlacedTask | Group, inside: Group, written: Written): void {
    const { from } = channel;
    switch (from.kind) {
      case "input":
        return;
      case "step":
        depend(consumer, from.step, written);
        return;
      case "field":
        follow(from.item, consumer, inside, written);
        return;
      case "item": {
        const { items } = from.loop.loop?.node ?? {};
        if (items?.kind !== "reference") return;
        const list = channels.of(items.value);
        const inner = list.from.kind === "item" || (list.from.kind === "field" && !isLiteral(list.from.item));
        if (inner) pass(carrier(list), from.loop, written);
        follow(list, from.loop, from.loop, written);
      }
    }
  }

  /** Of the two steps' outer groups, the ones that stand side by side are ordered. */
  function depend(consumer: PlacedTask | Group, producer: PlacedTask | Group, written: Written): void {
    const before = path(producer);
    const after = path(consumer);
    let depth = 0;
    while (before[depth] !== undefined && before[depth] === after[depth]) depth += 1;
    const [first, second] = [before[depth], after[depth]];
    if (first === undefined || second === undefined) throw circle(producer, written);
    // Loops and branches of which one always runs can be waited for as a whole.
    if (first !== producer && !isTask(first) && (first.kind === "branch" || first.kind === "exit-handler")) {
      const kind = first.kind === "branch" ? "branch" : "exit handler";
      const message = `waits for task "${producer.name}", which runs only in ${kind} "${first.name}". Move this task into that ${kind}, too.`;
      throw new SpecError("unreachable", message, written.place, written.origin);
    }
    second.dependencies.add(first.name);
  }

  function stepOf(id: number, { place, origin }: Written): PlacedTask | Group {
    const step = groups.tasks.get(id) ?? groups.byId.get(id);
    if (step === undefined) throw new SpecError("unreachable", "waits for a task of another pipeline.", place, origin);
    return step;
  }

  function unreachable(channel: Channel, { place, origin }: Written): SpecError {
    const { from } = channel;
    const producer = from.kind === "step" ? from.step.name : "another";
    const message = `depends on task "${producer}", which runs only in "${channel.home.name}". Move this task there, too.`;
    return new SpecError("unreachable", message, place, origin);
  }

  function circle(producer: PlacedTask | Group, { place, origin }: Written): SpecError {
    return new SpecError("cycle", `waits for "${producer.name}", of which it is a part.`, place, origin);
  }
}

/** What passes on the channel's value: of an item's field, the item. */
function carrier(channel: Channel): Channel {
  return channel.from.kind === "field" ? channel.from.item : channel;
}

function isLiteral({ from }: Channel): boolean {
  return from.kind === "item" && from.loop.loop?.node.items.kind === "literal";
}

function path(step: PlacedTask | Group): readonly (PlacedTask | Group)[] {
  const steps: (PlacedTask | Group)[] = [step];
  for (let group = isTask(step) ? step.group : step.parent; group !== null; group = group.parent) steps.unshift(group);
  return steps;
}

export function referencesIn(value: ValueNode): readonly ReferenceNode[] {
  if (value.kind === "constant") return [];
  return value.kind === "template" ? value.references : [value];
}

function settingsReferences({ settings: { image, customJob } }: TaskNode): readonly ReferenceNode[] {
  return [...(typeof image === "object" ? image.references : []), ...(customJob?.references ?? [])];
}

function resourceReferences({ settings: { resources } }: TaskNode): readonly ReferenceNode[] {
  return Object.values(resources).flatMap((text) => (typeof text === "object" ? text.references : []));
}

function kubernetesReferences(value: KubernetesValue | undefined): readonly ReferenceNode[] {
  if (typeof value !== "object" || value === null) return [];
  if ("kind" in value && value["kind"] === "run-time-value") return [value["value"] as ReferenceNode];
  return Object.values(value).flatMap((each: KubernetesValue) => kubernetesReferences(each));
}

function conditionReferences(condition: ConditionNode): readonly ReferenceNode[] {
  switch (condition.kind) {
    case "compare":
      return [...referencesIn(condition.left.value), ...referencesIn(condition.right.value)];
    case "not":
      return conditionReferences(condition.condition);
    case "and":
    case "or":
      return condition.conditions.flatMap(conditionReferences);
  }
}
