import type { DefinitionNode, ImporterNode, JsonValue } from "../nodes/index.ts";
import type { ArtifactType } from "./artifacts.ts";
import { type AnyTask, addTask, type TaskMethods, taskId } from "./task.ts";
import { type ArtifactValue, internals, type ParameterValue } from "./values.ts";

export interface ImportOptions {
  /** Such as `gs://bucket/folder`. */
  readonly uri: string | ParameterValue<"string", string>;
  /** Makes a new artifact even if this URI was imported before. */
  readonly reimport?: boolean;
  readonly metadata?: Readonly<Record<string, JsonValue>>;
}

/** An artifact that was there before the pipeline, and the task that brings it in. */
export type Imported<Title extends string> = ArtifactValue<Title> &
  AnyTask &
  Pick<TaskMethods<Imported<Title>>, "named" | "displayName" | "after" | "cache">;

const uri: DefinitionNode = { kind: "parameter", type: "string", optional: false };

/** Makes what a URI holds an artifact of the pipeline. */
export function importer<Title extends string>(type: ArtifactType<Title>, options: ImportOptions): Imported<Title> {
  const node: ImporterNode = Object.freeze({
    kind: "importer",
    name: "importer",
    artifact: type,
    reimport: options.reimport ?? false,
    metadata: options.metadata ?? {},
  });
  const task = addTask(node, { inputs: { uri }, outputs: { artifact: type } }, { uri: options.uri });
  const value = task.outputs["artifact"] as ArtifactValue<Title>;
  const imported: Imported<Title> = {
    title: value.title,
    [internals]: value[internals],
    [taskId]: task[taskId],
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
