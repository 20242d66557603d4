import type {
  ArtifactListType,
  ArtifactType,
  Inputs,
  OptionalArtifact,
  Outputs,
  ParameterDefinition,
} from "../../builders/index.ts";
import type { JsonValue, ParameterKind } from "../../nodes/index.ts";

/** What a function is called with when its task runs. */
export interface FunctionIo<In, Out> {
  readonly inputs: FunctionInputs<In>;
  /** Its artifacts. What it gives as parameters, it returns. */
  readonly outputs: FunctionOutputs<Out>;
  /** Aborted when the task is cancelled or its machine is taken away. A function that never asks for it ends at once. */
  readonly signal: AbortSignal;
}

export type FunctionInputs<In> = { readonly [Name in keyof In]: InputValue<In[Name]> };

type InputValue<Definition> =
  Definition extends ParameterDefinition<infer Kind, infer Value, infer Presence>
    ? ParameterValue<Kind, Value, Presence>
    : Definition extends ArtifactListType<infer Title>
      ? readonly InputArtifact<Title>[]
      : Definition extends ArtifactType<infer Title>
        ? InputArtifact<Title>
        : Definition extends OptionalArtifact<infer Title>
          ? InputArtifact<Title> | undefined
          : never;

type ParameterValue<Kind extends ParameterKind, Value, Presence> = Kind extends "task-final-status"
  ? TaskFinalStatus
  : Kind extends "task-config"
    ? Readonly<Record<string, JsonValue>>
    : Value | ("optional" extends Presence ? undefined : never);

export type FunctionOutputs<Out> = {
  readonly [Name in keyof Out as Out[Name] extends ArtifactType ? Name : never]: Out[Name] extends ArtifactType<
    infer Title
  >
    ? OutputArtifact<Title>
    : never;
};

/** What a function returns: its output parameters. */
export type Returned<Out> = {
  readonly [Name in keyof Out as Out[Name] extends ArtifactType ? never : Name]: Out[Name] extends ParameterDefinition<
    ParameterKind,
    infer Value
  >
    ? Value
    : never;
};

/** The work of a component, as its author writes it. */
export type FunctionBody<In extends Inputs, Out extends Outputs> = (
  io: FunctionIo<In, Out>,
) => [keyof Returned<Out>] extends [never] ? void | Promise<void> : Returned<Out> | Promise<Returned<Out>>;

/** An artifact that a function is given. */
export interface InputArtifact<Title extends string = string> {
  /** Its resource name in the metadata store. */
  readonly name: string;
  readonly uri: string;
  /** Its file or folder, on the mounted bucket. */
  readonly path: string;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly schemaTitle: Title;
}

/** An artifact that a function makes. */
export interface OutputArtifact<Title extends string = string> {
  /** Where it is kept; another one can be set, for what is kept elsewhere. */
  uri: string;
  /** Where to write it, on the mounted bucket: a file, or a folder to make. The folder around it is there. */
  readonly path: string;
  /** What is set here stands on Vertex's pages. */
  readonly metadata: Record<string, JsonValue>;
  readonly schemaTitle: Title;
}

/** What became of the steps before an exit handler's task. */
export interface TaskFinalStatus {
  /** `SUCCEEDED`, `FAILED` or `CANCELLED`. */
  readonly state: string;
  readonly pipelineJobResourceName: string;
  readonly pipelineTaskName: string;
  readonly error?: { readonly code?: number; readonly message?: string };
}
