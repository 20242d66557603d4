/**
 * Pipelines apart from any language: what the Python SDK and this language can both say. A random one is drawn
 * (`draw.ts`) and then written in both (`python.ts`, `typescript.ts`).
 */

export interface Program {
  readonly components: readonly Component[];
  /** Each can use those before it; the last is the one that is compiled. */
  readonly pipelines: readonly Pipeline[];
}

export interface Component {
  readonly kind: "container";
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly image: string;
  readonly command: readonly Word[];
  readonly args: readonly Word[];
}

export interface Pipeline {
  readonly kind: "pipeline";
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly root?: string;
  readonly inputs: readonly Input[];
  readonly steps: readonly Step[];
  readonly outputs: readonly (Output & { readonly value: Reference })[];
}

export type Callable = Component | Pipeline;

export interface Input {
  readonly name: string;
  readonly type: Type | FinalStatus;
  readonly optional: boolean;
  readonly default?: Json;
  readonly description?: string;
}

export interface Output {
  readonly name: string;
  readonly type: Type;
}

export type Type = ParameterType | ArtifactType;

export interface FinalStatus {
  readonly kind: "final-status";
}

export type ParameterKind = "string" | "int" | "double" | "boolean" | "list" | "struct";

export interface ParameterType {
  readonly kind: "parameter";
  readonly type: ParameterKind;
  /** What a list holds or the fields of a struct are, where the author says so. */
  readonly of?: ParameterType;
}

export interface ArtifactType {
  readonly kind: "artifact";
  readonly class: ArtifactClass;
  readonly list: boolean;
}

export const systemClasses = ["Dataset", "Model", "Artifact", "Metrics", "ClassificationMetrics", "HTML"] as const;
export const googleClasses = ["VertexModel", "VertexDataset", "BQTable"] as const;
export type ArtifactClass = (typeof systemClasses | typeof googleClasses)[number];

export type Json = string | number | boolean | readonly Json[] | { readonly [field: string]: Json };

/** A word of a command line. */
export type Word =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "known"; readonly known: Known }
  | { readonly kind: "value"; readonly input: string }
  | { readonly kind: "path" | "uri" | "metadata"; readonly of: "inputs" | "outputs"; readonly name: string }
  | { readonly kind: "concat"; readonly items: readonly Word[] }
  | {
      readonly kind: "if-present";
      readonly input: string;
      /** One word, or several. */
      readonly present: Word | readonly Word[];
      readonly otherwise: Word | readonly Word[] | null;
    };

/** What Vertex knows of a job, and a task of itself: this language's name, and Python's. */
export const known = {
  "job.name": "PIPELINE_JOB_NAME_PLACEHOLDER",
  "job.resourceName": "PIPELINE_JOB_RESOURCE_NAME_PLACEHOLDER",
  "job.uuid": "PIPELINE_JOB_ID_PLACEHOLDER",
  "job.createTime": "PIPELINE_JOB_CREATE_TIME_UTC_PLACEHOLDER",
  "job.scheduleTime": "PIPELINE_JOB_SCHEDULE_TIME_UTC_PLACEHOLDER",
  "job.root": "PIPELINE_ROOT_PLACEHOLDER",
  "currentTask.name": "PIPELINE_TASK_NAME_PLACEHOLDER",
  "currentTask.uuid": "PIPELINE_TASK_ID_PLACEHOLDER",
} as const;
export type Known = keyof typeof known;

export type Step = TaskStep | ImporterStep | BranchesStep | LoopStep | ExitHandlerStep;

/** Steps are named by their number in the pipeline. */
export interface TaskStep {
  readonly kind: "task";
  readonly id: number;
  readonly callable: string;
  readonly arguments: Readonly<Record<string, Argument>>;
  readonly settings: Settings;
}

export interface ImporterStep {
  readonly kind: "importer";
  readonly id: number;
  readonly class: ArtifactClass;
  readonly uri: Argument;
  readonly reimport: boolean;
  readonly metadata: Argument | null;
  readonly settings: Settings;
}

export interface BranchesStep {
  readonly kind: "branches";
  readonly id: number;
  readonly branches: readonly Branch[];
}

export interface Branch {
  /** Null for the last one, which runs in every other case. */
  readonly condition: Condition | null;
  readonly name?: string;
  readonly steps: readonly Step[];
  readonly gives: Readonly<Record<string, Reference>>;
}

export interface LoopStep {
  readonly kind: "loop";
  readonly id: number;
  readonly items: { readonly literal: readonly Json[] } | { readonly value: Reference };
  readonly name?: string;
  readonly parallelism?: number;
  readonly steps: readonly Step[];
  readonly gives: Readonly<Record<string, Reference>>;
}

export interface ExitHandlerStep {
  readonly kind: "exit-handler";
  readonly id: number;
  readonly name?: string;
  readonly exit: TaskStep;
  readonly steps: readonly Step[];
}

export const comparisons = ["==", "!=", "<", "<=", ">", ">="] as const;

export interface Condition {
  readonly left: Reference;
  readonly operator: (typeof comparisons)[number];
  readonly right: Reference | { readonly kind: "constant"; readonly value: Json; readonly type: ParameterKind };
}

export interface Settings {
  readonly after?: readonly number[];
  readonly displayName?: string;
  /** A text is the key. */
  readonly cache?: boolean | string;
  readonly retry?: {
    readonly count: number;
    readonly backoffSeconds?: number;
    readonly backoffFactor?: number;
    readonly backoffMaxSeconds?: number;
  };
  readonly environment?: Readonly<Record<string, string>>;
  readonly resources?: Readonly<Partial<Record<Resource, string | Reference>>>;
  readonly image?: string | Reference;
  readonly ignoreUpstreamFailure?: boolean;
}

export const resources = [
  "cpuLimit",
  "cpuRequest",
  "memoryLimit",
  "memoryRequest",
  "acceleratorType",
  "acceleratorCount",
] as const;
export type Resource = (typeof resources)[number];

export type Reference =
  | { readonly kind: "input"; readonly name: string }
  | OutputReference
  | { readonly kind: "item"; readonly loop: number }
  | { readonly kind: "field"; readonly loop: number; readonly field: string }
  /** What one of the branches gives. */
  | {
      readonly kind: "one-of";
      readonly branches: number;
      readonly name: string;
      readonly values: readonly OutputReference[];
    }
  /** What the rounds of a loop give; the branches of one, seen from its body. */
  | { readonly kind: "collected"; readonly group: number; readonly name: string; readonly of: OutputReference };

export interface OutputReference {
  readonly kind: "output";
  readonly task: number;
  readonly output: string;
}

export type Argument =
  | Reference
  /** `type` tells 2.0 from 2. */
  | { readonly kind: "constant"; readonly value: Json; readonly type: ParameterKind }
  | { readonly kind: "known"; readonly known: Known }
  | { readonly kind: "text"; readonly parts: readonly (string | Reference)[] }
  | { readonly kind: "list"; readonly items: readonly Argument[] }
  | { readonly kind: "struct"; readonly fields: Readonly<Record<string, Argument>> };
