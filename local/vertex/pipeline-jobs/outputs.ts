import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { ComponentSpecJson } from "../../../specs/ir/generated/pipeline_spec_pb.js";
import { containerPath, type Mount } from "../processes/mount.ts";
import { isArray, isObject, type Json, type JsonObject, mapValues } from "../wire/json.ts";
import { idOf } from "../wire/names.ts";
import { parseParameter } from "./parameter-types.ts";
import type { ArtifactRecord, PipelineJobRecord, TaskRecord, Values } from "./records.ts";

/** Where a task's outputs go: `gcsOutputDirectory/JOB_ID/TASK_ID/OUTPUT`. */
export interface OutputLayout {
  readonly parameterFiles: Readonly<Record<string, string>>;
  readonly artifactUris: Readonly<Record<string, string>>;
  /** Where a task may write its executor output. */
  readonly outputFile: string;
}

/** A task left an output unwritten, or wrote what isn't of its type. */
export class OutputError extends Error {
  override readonly name = "OutputError";
  readonly code = "INVALID_OUTPUT";
}

export function layOutOutputs(
  component: ComponentSpecJson,
  job: PipelineJobRecord,
  task: Pick<TaskRecord, "taskName" | "id">,
): OutputLayout {
  const folder = `${job.gcsOutputDirectory.replace(/\/+$/, "")}/${idOf(job.name)}/${task.taskName}_${task.id}`;
  const { parameters = {}, artifacts = {} } = component.outputDefinitions ?? {};
  return {
    parameterFiles: mapValues(parameters, (_definition, key) => containerPath(`${folder}/${key}`)),
    artifactUris: mapValues(artifacts, (_definition, key) => `${folder}/${key}`),
    outputFile: containerPath(`${folder}/executor_output.json`),
  };
}

/** Makes the folders that outputs go into, so that a task can write them at once. */
export function prepareFolders(layout: OutputLayout, mount: Mount): void {
  const paths = [...Object.values(layout.parameterFiles), ...Object.values(layout.artifactUris), layout.outputFile];
  for (const path of paths) {
    const local = mount.localPath(path);
    if (local !== undefined) mkdirSync(dirname(local), { recursive: true });
  }
}

/** The JSON of `{{$}}` (KFP's ExecutorInput). */
export function executorInput(component: ComponentSpecJson, inputs: Values, layout: OutputLayout): JsonObject {
  const { artifacts: definitions = {} } = component.outputDefinitions ?? {};
  return {
    inputs: {
      parameterValues: inputs.parameters,
      artifacts: mapValues(inputs.artifacts, (list) => ({ artifacts: list.map(runtimeArtifact) })),
    },
    outputs: {
      parameters: mapValues(layout.parameterFiles, (outputFile) => ({ outputFile })),
      artifacts: mapValues(layout.artifactUris, (uri, key) => ({
        artifacts: [
          {
            name: "",
            uri,
            type: { ...definitions[key]?.artifactType },
            metadata: (definitions[key]?.metadata ?? {}) as JsonObject,
          },
        ],
      })),
      outputFile: layout.outputFile,
    },
  };
}

function runtimeArtifact({
  name,
  uri,
  schemaTitle,
  schemaVersion,
  instanceSchema,
  metadata,
}: ArtifactRecord): JsonObject {
  const type: JsonObject = instanceSchema === undefined ? { schemaTitle, schemaVersion } : { instanceSchema };
  return { name, uri, type, metadata };
}

/** What a task that ended well has left behind. Throws {@link OutputError}, naming every output that is wrong. */
export function collectOutputs(
  component: ComponentSpecJson,
  layout: OutputLayout,
  mount: Mount,
  newArtifact: (facts: Omit<ArtifactRecord, "name" | "createTime">) => ArtifactRecord,
): Values {
  const written = readExecutorOutput(layout, mount);
  const problems: string[] = [];
  const parameters: Record<string, Json> = {};
  for (const [key, { parameterType }] of Object.entries(component.outputDefinitions?.parameters ?? {})) {
    const stated = written.parameters[key];
    const text = stated === undefined ? readText(mount.localPath(layout.parameterFiles[key] ?? "")) : undefined;
    const value = stated ?? (text === undefined ? undefined : parseParameter(text, parameterType));
    if (value !== undefined) parameters[key] = value;
    else if (text === undefined)
      problems.push(`output parameter ${key} was not written to ${layout.parameterFiles[key]}`);
    else
      problems.push(
        `output parameter ${key} should be of type ${parameterType}, but is ${JSON.stringify(text.slice(0, 200))}`,
      );
  }
  if (problems.length > 0) throw new OutputError(`The task ended well, but ${problems.join("; ")}.`);
  const artifacts = mapValues(component.outputDefinitions?.artifacts ?? {}, (definition, key) => {
    const { schemaTitle = "system.Artifact", schemaVersion = "0.0.1", instanceSchema } = definition.artifactType ?? {};
    const stated = written.artifacts[key] ?? [{ uri: undefined, metadata: {} }];
    return stated.map(({ uri, metadata }) =>
      newArtifact({
        displayName: key,
        uri: uri ?? layout.artifactUris[key] ?? "",
        schemaTitle,
        schemaVersion,
        ...(instanceSchema === undefined ? {} : { instanceSchema }),
        metadata: { ...(definition.metadata as JsonObject | undefined), ...metadata },
      }),
    );
  });
  return { parameters, artifacts };
}

interface ExecutorOutput {
  readonly parameters: JsonObject;
  readonly artifacts: Readonly<
    Record<string, readonly { readonly uri: string | undefined; readonly metadata: JsonObject }[]>
  >;
}

function readExecutorOutput(layout: OutputLayout, mount: Mount): ExecutorOutput {
  const text = readText(mount.localPath(layout.outputFile));
  if (text === undefined) return { parameters: {}, artifacts: {} };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new OutputError(`${layout.outputFile} is not JSON: ${String(error)}`);
  }
  if (!isObject(json)) throw new OutputError(`${layout.outputFile} should be a JSON object.`);
  const { parameterValues = {}, artifacts = {} } = json;
  return {
    parameters: isObject(parameterValues) ? parameterValues : {},
    artifacts: mapValues(isObject(artifacts) ? artifacts : {}, (list) => {
      const items =
        isObject(list) && list["artifacts"] !== undefined && isArray(list["artifacts"]) ? list["artifacts"] : [];
      return items.filter(isObject).map(({ uri, metadata = {} }) => ({
        uri: typeof uri === "string" && uri !== "" ? uri : undefined,
        metadata: isObject(metadata) ? metadata : {},
      }));
    }),
  };
}

function readText(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "EISDIR", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
