import { SpecError } from "../error.ts";
import type {
  BranchesNode,
  BranchNode,
  ConditionNode,
  DefinitionNode,
  PipelineNode,
  StepNode,
  TaskNode,
  ValueNode,
} from "../nodes/index.ts";
import { componentOutputs } from "./component-outputs.ts";
import { sanitize, UniqueNames } from "./names.ts";

/** A pipeline's or branch's steps, as one DAG of the spec. */
export interface Group {
  /** The task's name in the DAG around it; the pipeline's own for the root. */
  readonly name: string;
  readonly parent: Group | null;
  readonly branch: BranchNode | null;
  readonly members: (Group | PlacedTask)[];
  /** Values from outside that something within needs, by their name. */
  readonly channels: Map<string, Channel>;
  /** Names of the members of the DAG around it that come before. */
  readonly dependencies: Set<string>;
}

export interface PlacedTask {
  readonly node: TaskNode;
  readonly name: string;
  readonly group: Group;
  readonly dependencies: Set<string>;
}

/** A value that crosses into a DAG. */
export interface Channel {
  readonly name: string;
  readonly value: Exclude<ValueNode, { kind: "constant" }>;
  readonly definition: DefinitionNode;
}

export interface Layout {
  readonly root: Group;
  readonly groups: readonly Group[];
  readonly tasks: ReadonlyMap<number, PlacedTask>;
  channel(value: ValueNode): Channel | null;
}

/** Names every step, and finds what must pass into which DAG and what waits for what. */
export function layOut(pipeline: PipelineNode): Layout {
  const names = new UniqueNames();
  const groups: Group[] = [];
  const tasks = new Map<number, PlacedTask>();
  const channels = new Map<string, Channel>();
  const root = openGroup(pipeline.name, null, null);
  const place: Readonly<Record<StepNode["kind"], (step: never, group: Group) => void>> = {
    task: placeTask,
    branches: placeBranches,
  };

  placeAll(pipeline.steps, root);
  for (const task of tasks.values()) connectTask(task);
  for (const group of groups) connectGroup(group);
  refuseCycles();
  return { root, groups, tasks, channel };

  function openGroup(name: string, parent: Group | null, branch: BranchNode | null): Group {
    const group: Group = { name, parent, branch, members: [], channels: new Map(), dependencies: new Set() };
    groups.push(group);
    return group;
  }

  function placeAll(steps: readonly StepNode[], group: Group): void {
    for (const step of steps) place[step.kind](step as never, group);
  }

  function placeTask(node: TaskNode, group: Group): void {
    const name = names.take(sanitize(node.settings.name ?? node.component.name));
    const task: PlacedTask = { node, name, group, dependencies: new Set() };
    tasks.set(node.id, task);
    group.members.push(task);
  }

  function placeBranches(node: BranchesNode, group: Group): void {
    for (const branch of node.branches) {
      // The root counts as group 0.
      const inner = openGroup(`condition-${groups.length}`, group, branch);
      group.members.push(inner);
      placeAll(branch.steps, inner);
    }
  }

  function connectTask(task: PlacedTask): void {
    for (const [input, value] of Object.entries(task.node.arguments)) {
      connect(task, value, { pipeline: pipeline.name, task: task.name, input });
    }
    for (const id of task.node.after) {
      const before = tasks.get(id);
      if (before === undefined) throw lost({ pipeline: pipeline.name, task: task.name });
      depend(task, before, { pipeline: pipeline.name, task: task.name });
    }
  }

  /** What a condition reads passes into its branch and into every branch inside it. */
  function connectGroup(group: Group): void {
    for (let outer: Group | null = group; outer !== null; outer = outer.parent) {
      if (outer.branch === null) continue;
      for (const value of conditionValues(outer.branch.condition)) {
        connect(group, value, { pipeline: pipeline.name, task: group.name });
      }
    }
  }

  /** Passes a value down to where it is needed, and orders the steps that it makes depend on each other. */
  function connect(
    consumer: PlacedTask | Group,
    value: ValueNode,
    place: { pipeline: string; task: string; input?: string },
  ): void {
    const found = channel(value);
    if (found === null) return;
    const producer = value.kind === "task-output" ? tasks.get(value.task) : undefined;
    const home = producer?.group ?? root;
    for (let group = isTask(consumer) ? consumer.group : consumer; group !== home; ) {
      group.channels.set(found.name, found);
      if (group.parent === null) throw outside(producer, place);
      group = group.parent;
    }
    if (producer !== undefined) depend(consumer, producer, place);
  }

  function depend(
    consumer: PlacedTask | Group,
    producer: PlacedTask,
    place: { pipeline: string; task: string; input?: string },
  ): void {
    let step = consumer;
    for (;;) {
      const around = isTask(step) ? step.group : step.parent;
      if (around === null) throw outside(producer, place);
      if (around === producer.group) break;
      step = around;
    }
    step.dependencies.add(producer.name);
  }

  function channel(value: ValueNode): Channel | null {
    switch (value.kind) {
      case "constant":
        return null;
      case "pipeline-input":
        return known(`pipelinechannel--${value.name}`, value, () => pipeline.inputs[value.name]);
      case "task-output": {
        const task = tasks.get(value.task);
        if (task === undefined) throw lost({ pipeline: pipeline.name });
        return known(
          `pipelinechannel--${task.name}-${value.output}`,
          value,
          () => componentOutputs(task.node.component)[value.output],
        );
      }
    }
  }

  function known(name: string, value: Channel["value"], definition: () => DefinitionNode | undefined): Channel {
    const earlier = channels.get(name);
    if (earlier !== undefined) return earlier;
    const found = definition();
    if (found === undefined) throw lost({ pipeline: pipeline.name });
    const created: Channel = { name, value, definition: crossing(found) };
    channels.set(name, created);
    return created;
  }

  function outside(
    producer: PlacedTask | undefined,
    place: { pipeline: string; task: string; input?: string },
  ): SpecError {
    const task = producer?.name ?? "another";
    const branch = producer?.group.name ?? "a branch";
    return new SpecError(
      "unreachable",
      `depends on task "${task}", which runs only in branch "${branch}". Move this task into that branch, too.`,
      place,
    );
  }

  function lost(place: { pipeline: string; task?: string }): SpecError {
    return new SpecError("unreachable", "uses a value of another pipeline. Pass it in as an input.", place);
  }

  /** Only `after` can close a circle. */
  function refuseCycles(): void {
    for (const group of groups) {
      const waiting = new Map(group.members.map((member) => [member.name, member]));
      const state = new Map<string, "open" | "done">();
      for (const start of waiting.keys()) {
        const path: { name: string; next: Iterator<string> }[] = [];
        enter(start);
        for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
          const next = top.next.next();
          if (next.done) {
            state.set(top.name, "done");
            path.pop();
          } else {
            enter(next.value);
          }
        }

        function enter(name: string): void {
          if (state.get(name) === "done") return;
          if (state.get(name) === "open") {
            const circle = [...path.slice(path.findIndex((step) => step.name === name)).map((step) => step.name), name];
            throw new SpecError("cycle", `waits for itself: ${circle.join(" → ")}.`, {
              pipeline: pipeline.name,
              task: name,
            });
          }
          state.set(name, "open");
          path.push({ name, next: (waiting.get(name)?.dependencies ?? new Set()).values() });
        }
      }
    }
  }
}

/** A value that crosses into a DAG is always given, so it has neither default nor description there. */
function crossing(definition: DefinitionNode): DefinitionNode {
  return definition.kind === "parameter"
    ? { kind: "parameter", type: definition.type, optional: false }
    : {
        kind: "artifact",
        schemaTitle: definition.schemaTitle,
        schemaVersion: definition.schemaVersion,
        optional: false,
      };
}

export function isTask(member: Group | PlacedTask): member is PlacedTask {
  return "node" in member;
}

function conditionValues(condition: ConditionNode): readonly ValueNode[] {
  switch (condition.kind) {
    case "compare":
      return [condition.left.value, condition.right.value];
    case "not":
      return conditionValues(condition.condition);
    case "and":
    case "or":
      return condition.conditions.flatMap(conditionValues);
  }
}
