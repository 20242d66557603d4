import { SpecError } from "../error.ts";
import type {
  BranchesNode,
  BranchNode,
  ConditionNode,
  ExitHandlerNode,
  LoopNode,
  PipelineNode,
  StepNode,
  TaskNode,
} from "../nodes/index.ts";
import type { Channel, GroupOutput } from "./channels.ts";
import { sanitize, UniqueNames } from "./names.ts";

/** Steps that form one DAG of the spec: the pipeline's own, a branch's, a loop's … */
export interface Group {
  readonly kind: "root" | "branches" | "branch" | "loop" | "exit-handler";
  /** The task's name in the DAG around it; the pipeline's own for the root. */
  readonly name: string;
  readonly displayName?: string;
  readonly parent: Group | null;
  readonly groups: Group[];
  readonly tasks: PlacedTask[];
  /** All of them hold where it runs. */
  readonly conditions: readonly ConditionNode[];
  readonly loop: PlacedLoop | null;
  /** What it takes from outside, by name. */
  readonly channels: Map<string, Channel>;
  /** What it gives to the outside, by name. */
  readonly outputs: Map<string, GroupOutput>;
  /** Names of the steps beside it that come before. */
  readonly dependencies: Set<string>;
}

export interface PlacedLoop {
  readonly node: LoopNode;
  /** Of a loop over literal items, the item's name. */
  readonly literalName: string | null;
}

export interface PlacedTask {
  readonly node: TaskNode;
  readonly name: string;
  readonly group: Group;
  readonly dependencies: Set<string>;
  /** The exit handler that it ends. */
  readonly exitOf: Group | null;
}

export interface Groups {
  readonly root: Group;
  /** Each before those inside it. */
  readonly all: readonly Group[];
  readonly tasks: ReadonlyMap<number, PlacedTask>;
  /** By the id of loop, branches, branch or exit handler. */
  readonly byId: ReadonlyMap<number, Group>;
  /** Tasks that end exit handlers. */
  readonly exits: readonly PlacedTask[];
}

/** Names every step, and puts it into its group. Numbers are given out as the Python SDK does, so that names agree. */
export function group(pipeline: PipelineNode): Groups {
  const root = open("root", pipeline.name, null, {});
  const tasks = new Map<number, PlacedTask>();
  const byId = new Map<number, Group>();
  const exits: PlacedTask[] = [];
  const names = nameTasks(pipeline.steps);
  let lastNumber = 0;
  const place: { readonly [Kind in StepNode["kind"]]: (step: Extract<StepNode, { kind: Kind }>, into: Group) => void } =
    {
      task: placeTask,
      branches: placeBranches,
      loop: placeLoop,
      "exit-handler": placeExitHandler,
    };
  placeAll(pipeline.steps, root);
  return { root, all: preorder(root), tasks, byId, exits };

  function placeAll(steps: readonly StepNode[], into: Group): void {
    for (const step of steps) place[step.kind](step as never, into);
  }

  function placeTask(node: TaskNode, into: Group): void {
    into.tasks.push(placed(node, into, null));
  }

  function placed(node: TaskNode, into: Group, exitOf: Group | null): PlacedTask {
    const task = { node, name: names.get(node.id) ?? "", group: into, dependencies: new Set<string>(), exitOf };
    tasks.set(node.id, task);
    return task;
  }

  function placeBranches({ id, branches }: BranchesNode, into: Group): void {
    const [first, ...others] = branches;
    if (first === undefined) return;
    if (others.length === 0) {
      byId.set(id, placeBranch(first, [], into, ++lastNumber));
      return;
    }
    // The first branch is opened before anyone knows of others: then it takes a new number, and they around it the old.
    const number = ++lastNumber;
    const around = open("branches", `condition-branches-${number}`, into, {});
    byId.set(id, around);
    const start = lastNumber;
    const inner = openBranch(first, [], around, () => `condition-${numberAfter(first, start)}`);
    placeAll(first.steps, inner);
    lastNumber += 1;
    others.forEach((branch, index) => {
      placeBranch(branch, branches.slice(0, index + 1), around, ++lastNumber);
    });
  }

  /** The number that is free once the branch's own steps have theirs. */
  function numberAfter(branch: BranchNode, start: number): number {
    return start + countNumbers(branch.steps) + 1;
  }

  function placeBranch(branch: BranchNode, before: readonly BranchNode[], into: Group, number: number): Group {
    const inner = openBranch(branch, before, into, () => `condition-${number}`);
    placeAll(branch.steps, inner);
    return inner;
  }

  function openBranch(branch: BranchNode, before: readonly BranchNode[], into: Group, name: () => string): Group {
    const conditions = [
      ...before.flatMap(({ condition }): ConditionNode[] => (condition === null ? [] : [{ kind: "not", condition }])),
      ...(branch.condition === null ? [] : [branch.condition]),
    ];
    const { displayName } = branch;
    const inner = open("branch", name(), into, { conditions, ...(displayName !== undefined && { displayName }) });
    byId.set(branch.id, inner);
    return inner;
  }

  function placeLoop(node: LoopNode, into: Group): void {
    const literalName = node.items.kind === "literal" ? `loop-item-param-${++lastNumber}` : null;
    const { displayName } = node;
    const inner = open("loop", `for-loop-${++lastNumber}`, into, {
      loop: { node, literalName },
      ...(displayName !== undefined && { displayName }),
    });
    byId.set(node.id, inner);
    placeAll(node.steps, inner);
  }

  function placeExitHandler({ id, displayName, exit, steps, origin }: ExitHandlerNode, into: Group): void {
    if (into !== root) {
      const message = "an exit handler stands in the pipeline itself, not in a branch or loop.";
      throw new SpecError("unsupported", message, { pipeline: pipeline.name }, origin);
    }
    const shown = displayName === undefined ? {} : { displayName };
    const inner = open("exit-handler", `exit-handler-${++lastNumber}`, into, shown);
    byId.set(id, inner);
    exits.push(placed(exit, into, inner));
    placeAll(steps, inner);
  }
}

function open(
  kind: Group["kind"],
  name: string,
  parent: Group | null,
  {
    displayName,
    conditions = [],
    loop = null,
  }: { displayName?: string; conditions?: readonly ConditionNode[]; loop?: PlacedLoop | null },
): Group {
  const opened: Group = {
    kind,
    name,
    ...(displayName !== undefined && { displayName }),
    parent,
    groups: [],
    tasks: [],
    conditions,
    loop,
    channels: new Map(),
    outputs: new Map(),
    dependencies: new Set(),
  };
  parent?.groups.push(opened);
  return opened;
}

function preorder(group: Group): readonly Group[] {
  return [group, ...group.groups.flatMap(preorder)];
}

/** Tasks are named in the order in which the author wrote them. */
function nameTasks(steps: readonly StepNode[]): ReadonlyMap<number, string> {
  const names = new UniqueNames();
  const inOrder = [...tasksIn(steps)].sort((one, other) => one.id - other.id);
  return new Map(
    inOrder.map(({ id, settings, component }) => [id, names.take(sanitize(settings.name ?? component.name) || "task")]),
  );
}

function* tasksIn(steps: readonly StepNode[]): Iterable<TaskNode> {
  for (const step of steps) {
    if (step.kind === "task") yield step;
    else if (step.kind === "branches") for (const branch of step.branches) yield* tasksIn(branch.steps);
    else yield* tasksIn(step.steps);
    if (step.kind === "exit-handler") yield step.exit;
  }
}

/** How many numbers the steps take. */
function countNumbers(steps: readonly StepNode[]): number {
  let count = 0;
  for (const step of steps) {
    if (step.kind === "task") continue;
    if (step.kind === "branches") {
      count += step.branches.length + (step.branches.length > 1 ? 1 : 0);
      for (const branch of step.branches) count += countNumbers(branch.steps);
    } else {
      count += 1 + (step.kind === "loop" && step.items.kind === "literal" ? 1 : 0) + countNumbers(step.steps);
    }
  }
  return count;
}
