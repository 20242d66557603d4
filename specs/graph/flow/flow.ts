import type { Expression } from "../../ir/expression/index.ts";
import type { ComponentSpecJson, Executor, PipelineTaskSpecJson } from "../../ir/types.ts";
import type { Source } from "./source.ts";

/** A pipeline as its author thinks of it: tasks in loops and branches, and where each input comes from. */
export interface Flow {
  readonly name: string;
  readonly displayName: string | null;
  readonly description: string | null;
  readonly inputs: Definitions;
  readonly outputs: Outputs;
  /** As in `Definition`. */
  readonly outputTypes: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** Every step, the inner ones too, by its path. */
  readonly byPath: ReadonlyMap<string, Step>;
}

export type Step = Task | Group;

interface StepBase {
  /** Names from the outermost pipeline inwards: `for-loop-1/condition-2/train`. */
  readonly path: string;
  /** In its pipeline, loop or branch. */
  readonly name: string;
  /** What it is called where people look at it. */
  readonly title: string;
  /** Path of the step around it; `""` for those of the pipeline itself. */
  readonly parent: string;
  /** What it takes. Loops, branches and exit handlers hand values on by names that nobody wrote: they take nothing. */
  readonly inputs: Readonly<Record<string, Source>>;
  /** All that it is given: what only its condition or its resources read, too. */
  readonly given: Readonly<Record<string, Source>>;
  readonly condition: Condition | null;
  /** Paths of the steps that it waits for without taking anything from them. */
  readonly after: readonly string[];
  /** Whether it runs even when what it waits for has failed. */
  readonly runsAfterFailure: boolean;
  readonly spec: PipelineTaskSpecJson;
  readonly component: ComponentSpecJson;
}

/** A step that Vertex runs. */
export interface Task extends StepBase {
  readonly kind: "task";
  readonly runs: Runs;
  readonly executor: Executor;
  readonly definitions: { readonly inputs: Definitions; readonly outputs: Definitions };
}

export interface Group extends StepBase {
  readonly kind: "group";
  readonly role: Role;
  readonly loop: Loop | null;
  readonly steps: readonly Step[];
  /** Of a pipeline in a pipeline. */
  readonly definitions: { readonly inputs: Definitions; readonly outputs: Definitions };
  readonly outputs: Outputs;
}

export type Role = "pipeline" | "loop" | "branches" | "branch" | "exit-handler";

/** What a task's program is. */
export type Runs = "container" | "python" | "typescript" | "google-cloud" | "custom-job" | "importer" | "nothing";

export interface Loop {
  readonly items: Source;
  /** How many at a time; null where nobody says. */
  readonly parallelism: number | null;
}

/** When a step runs at all. */
export interface Condition {
  readonly keyword: "if" | "else if" | "else";
  /** Without what earlier branches have ruled out; null for `else`. */
  readonly expression: Expression | null;
  /** What the names in it stand for. */
  readonly names: ReadonlyMap<string, Source>;
}

export interface Definition {
  readonly kind: "parameter" | "artifact";
  /** `string`, `Model`, `VertexModel`; lists of artifacts are `Dataset[]`. */
  readonly type: string;
  readonly optional: boolean;
  /** Undefined when there is none. */
  readonly default: unknown;
  readonly description: string | null;
}

export type Definitions = Readonly<Record<string, Definition>>;
export type Outputs = Readonly<Record<string, Source>>;

/** Every step, outer ones first, in the order of the pipeline. */
export function* allSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    if (step.kind === "group") yield* allSteps(step.steps);
  }
}

export function* allTasks(steps: readonly Step[]): Generator<Task> {
  for (const step of allSteps(steps)) if (step.kind === "task") yield step;
}
