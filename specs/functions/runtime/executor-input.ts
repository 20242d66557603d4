import type { JsonValue } from "../../nodes/index.ts";
import type { InputArtifact, OutputArtifact } from "../builder/index.ts";
import { TaskFailure } from "./failure.ts";
import type { FunctionInterface, InputKind } from "./interface.ts";

/**
 * KFP's ExecutorInput message, as Vertex fills it in for `{{$}}`.
 * https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto
 */
export interface ExecutorInput {
  readonly inputs?: {
    readonly parameterValues?: Readonly<Record<string, JsonValue>>;
    readonly artifacts?: Readonly<Record<string, ArtifactList>>;
  };
  readonly outputs?: {
    readonly parameters?: Readonly<Record<string, { readonly outputFile: string }>>;
    readonly artifacts?: Readonly<Record<string, ArtifactList>>;
    readonly outputFile?: string;
  };
}

export interface ArtifactList {
  readonly artifacts?: readonly RuntimeArtifact[];
}

export interface RuntimeArtifact {
  readonly name?: string;
  readonly uri?: string;
  readonly type?: { readonly schemaTitle?: string };
  readonly metadata?: Readonly<Record<string, JsonValue>>;
}

/** Reads the program's arguments. Throws {@link TaskFailure}. */
export function readExecutorInput(words: readonly string[]): ExecutorInput {
  const text = words[words.lastIndexOf("--executor-input") + 1] ?? "";
  try {
    return JSON.parse(text) as ExecutorInput;
  } catch (error) {
    throw new TaskFailure(`--executor-input is not the JSON that Vertex gives: ${String(error)}`);
  }
}

/** The function's inputs; one that was not given is undefined. */
export function readInputs({ inputs }: FunctionInterface, given: ExecutorInput): Readonly<Record<string, unknown>> {
  const { parameterValues = {}, artifacts = {} } = given.inputs ?? {};
  return Object.fromEntries(
    Object.entries(inputs).map(([name, kind]) => {
      if (kind !== "artifact" && kind !== "artifacts") return [name, parameter(kind, parameterValues[name])];
      const all = (artifacts[name]?.artifacts ?? []).map(inputArtifact);
      return [name, kind === "artifacts" ? all : all[0]];
    }),
  );
}

/** What a list or object is given as text, where it came through an environment that knows only texts. */
function parameter(kind: InputKind, value: JsonValue | undefined): JsonValue | undefined {
  if (value === null) return undefined;
  if (kind === "string" || typeof value !== "string") return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    throw new TaskFailure(`An input of type ${kind} was given ${JSON.stringify(value)}.`);
  }
}

function inputArtifact({ name = "", uri = "", type, metadata = {} }: RuntimeArtifact): InputArtifact {
  return { name, uri, path: pathOf(uri), metadata, schemaTitle: type?.schemaTitle ?? "" };
}

/** The artifacts that the function fills. */
export function readOutputs(
  { outputs }: FunctionInterface,
  given: ExecutorInput,
): Readonly<Record<string, OutputArtifact>> {
  const { artifacts = {} } = given.outputs ?? {};
  return Object.fromEntries(
    Object.keys(outputs)
      .filter((name) => outputs[name] === "artifact")
      .map((name) => {
        const { uri = "", type, metadata = {} } = artifacts[name]?.artifacts?.[0] ?? {};
        return [name, { uri, path: pathOf(uri), metadata: { ...metadata }, schemaTitle: type?.schemaTitle ?? "" }];
      }),
  );
}

/** Where buckets are mounted. https://cloud.google.com/vertex-ai/docs/training/cloud-storage-file-system */
const mounts: Readonly<Record<string, string>> = {
  "gs://": `${process.env["RETEMPER_GCS_ROOT"] ?? "/gcs"}/`,
  "s3://": "/s3/",
  "minio://": "/minio/",
};

function pathOf(uri: string): string {
  const scheme = Object.keys(mounts).find((each) => uri.startsWith(each));
  return scheme === undefined ? uri : `${mounts[scheme]}${uri.slice(scheme.length)}`;
}
