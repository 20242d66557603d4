import {
  type DefinitionNodes,
  fillIn,
  type ImporterNode,
  type JsonValue,
  type ParameterDefinitionNode,
  placeholder,
} from "../nodes/index.ts";
import { templateNode } from "./arguments.ts";
import type { ArtifactType } from "./artifacts.ts";
import type { Known } from "./checks.ts";
import { currentScope } from "./scope.ts";
import { addTask } from "./task.ts";
import { type AnyTask, type TaskMethods, type Text, taskId, taskTrace } from "./task-methods.ts";
import { type ArtifactValue, internals, toValue, type ValueInternals } from "./values.ts";

export interface ImportOptions {
  /** Such as `gs://bucket/folder`. */
  readonly uri: Text;
  /** Makes a new artifact even if this URI was imported before. */
  readonly reimport?: boolean;
  /** Values of the pipeline may stand in it. */
  readonly metadata?: Known<Readonly<Record<string, JsonValue>>>;
  /** Into the pipeline's workspace: open-source Kubeflow Pipelines only. */
  readonly downloadToWorkspace?: boolean;
}

/** An artifact that was there before the pipeline, and the task that brings it in. */
export type Imported<Title extends string> = ArtifactValue<Title> &
  AnyTask &
  Pick<TaskMethods<Imported<Title>>, "named" | "displayName" | "after" | "cache">;

const uri: ParameterDefinitionNode = { kind: "parameter", type: "string", optional: false };

/** Makes what a URI holds an artifact of the pipeline. */
export function importer<Title extends string>(type: ArtifactType<Title>, options: ImportOptions): Imported<Title> {
  const { metadata, inputs, values } = readMetadata(options.metadata ?? {});
  const node: ImporterNode = Object.freeze({
    kind: "importer",
    name: "importer",
    artifact: type,
    reimport: options.reimport ?? false,
    metadata,
    metadataInputs: inputs,
    downloadToWorkspace: options.downloadToWorkspace ?? false,
  });
  const task = addTask(
    node,
    { inputs: { uri, ...inputs }, outputs: { artifact: type } },
    { uri: options.uri, ...values },
  );
  const value = task.outputs["artifact"] as ArtifactValue<Title>;
  const imported: Imported<Title> = {
    title: value.title,
    list: false,
    [internals]: value[internals],
    [taskId]: task[taskId],
    [taskTrace]: task[taskTrace],
    named: (name) => told(() => task.named(name)),
    displayName: (text) => told(() => task.displayName(text)),
    after: (...tasks) => told(() => task.after(...tasks)),
    cache: (enabled) => told(() => task.cache(enabled)),
  };
  return Object.freeze(imported);

  function told(tell: () => unknown): Imported<Title> {
    tell();
    return imported;
  }
}

/** Each value in the metadata becomes an input of the importer: `metadata`, `metadata-2` … */
function readMetadata(metadata: object): {
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly inputs: DefinitionNodes;
  readonly values: Readonly<Record<string, unknown>>;
} {
  const scope = currentScope("importer(…)");
  const node = templateNode(metadata, scope, { task: "importer" });
  const references = node.kind === "template" ? node.references : [];
  const name = (index: number) => (index === 0 ? "metadata" : `metadata-${index + 1}`);
  const filled = fillInAll(node.value, (index) => placeholder.inputParameter(name(index)));
  const internalsOf = new Map<unknown, ValueInternals>();
  for (const each of [...valuesIn(metadata), ...scope.trace.inTexts]) internalsOf.set(each.node, each);
  const entries = references.flatMap((reference, index) => {
    const found = internalsOf.get(reference);
    return found === undefined ? [] : [[name(index), found] as const];
  });
  return {
    metadata: filled as Readonly<Record<string, JsonValue>>,
    inputs: Object.fromEntries(entries.map(([input, { definition }]) => [input, plain(definition)])),
    values: Object.fromEntries(entries.map(([input, internal]) => [input, toValue(internal)])),
  };
}

function plain(definition: ValueInternals["definition"]): ParameterDefinitionNode {
  return { ...uri, type: definition.kind === "parameter" ? definition.type : "string" };
}

function fillInAll(data: JsonValue, of: (index: number) => string): JsonValue {
  if (typeof data === "string") return fillIn(data, of);
  if (Array.isArray(data)) return data.map((each: JsonValue) => fillInAll(each, of));
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, each]) => [fillIn(key, of), fillInAll(each, of)]));
}

function valuesIn(data: unknown): readonly ValueInternals[] {
  if (typeof data !== "object" || data === null) return [];
  if (internals in data) return [(data as { [internals]: ValueInternals })[internals]];
  return Object.values(data).flatMap(valuesIn);
}
