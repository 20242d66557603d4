import type { TaskRecord } from "../../pipeline-jobs/records.ts";

/** A task of a run, where it stands in its pipeline. */
export interface TaskNode {
  readonly record: TaskRecord;
  /** Path of its step in the picture: names from the outermost pipeline inwards, `for-loop-1/train`; `""` for the root. */
  readonly step: string;
  /** Of a loop's iteration: which. */
  readonly iteration: number | null;
  /** Try of the pipeline around it; what an earlier try began is no more. */
  readonly attempt: number;
  readonly parent: TaskNode | null;
  readonly children: TaskNode[];
}

export interface TaskTree {
  readonly root: TaskNode | null;
  readonly byId: ReadonlyMap<string, TaskNode>;
  /** Tasks of each step, without those of a pipeline's earlier tries. */
  readonly byStep: ReadonlyMap<string, readonly TaskNode[]>;
}

/** Puts the records of a job under each other. A record comes after that of the task above it. */
export function taskTree(records: readonly TaskRecord[]): TaskTree {
  const byId = new Map<string, TaskNode>();
  for (const record of records) {
    const parent = byId.get(record.parentId ?? "") ?? null;
    const node = { record, ...placeOf(record, parent), parent, children: [] };
    byId.set(record.id, node);
    parent?.children.push(node);
  }
  const [root = null] = byId.values();
  const byStep = new Map<string, TaskNode[]>();
  if (root !== null) collect(root);
  return { root, byId, byStep };

  function collect(node: TaskNode): void {
    // An iteration is of its loop's step, and is not another one.
    if (node.iteration === null) byStep.set(node.step, [...(byStep.get(node.step) ?? []), node]);
    for (const child of currentChildren(node)) collect(child);
  }
}

/** Those of its last try. */
export function currentChildren({ children }: TaskNode): readonly TaskNode[] {
  const last = children.reduce((attempt, child) => Math.max(attempt, child.attempt), 1);
  return children.filter(({ attempt }) => attempt === last);
}

function placeOf({ path }: TaskRecord, parent: TaskNode | null): Pick<TaskNode, "step" | "iteration" | "attempt"> {
  if (parent === null) return { step: "", iteration: null, attempt: 1 };
  const rest = path.slice(parent.record.path.length);
  const iteration = /^\[(\d+)\]$/.exec(rest)?.[1];
  if (iteration !== undefined) return { step: parent.step, iteration: Number(iteration), attempt: 1 };
  const [, attempt = "1", name = rest] = /^(?:~(\d+))?\.(.*)$/s.exec(rest) ?? [];
  return { step: parent.step === "" ? name : `${parent.step}/${name}`, iteration: null, attempt: Number(attempt) };
}
