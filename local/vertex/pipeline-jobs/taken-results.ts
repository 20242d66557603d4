import { type FieldViolation, invalidArgument } from "../wire/errors.ts";
import { fromStruct, type JsonObject, mapValues, type StructMessage } from "../wire/json.ts";
import type { Artifacts } from "./artifacts.ts";
import type { ArtifactRecord, Values } from "./records.ts";

/**
 * A job with this label goes on where another one, of any project, stopped: the tasks that its `jobDetail` names as
 * ended well are not run, but give what they gave there. Without the label `jobDetail` is what it is on Vertex: output
 * only, and ignored.
 */
export const rerunLabel = "retemper-rerun-of";

/** What a task gave, in google.cloud.aiplatform.v1.PipelineTaskDetail. */
export interface TaskDetailMessage {
  /** Names of the tasks around it and its own, joined by dots; one that is in a loop has its iteration: `loop[0].train`. */
  readonly taskUniqueName?: string;
  readonly state?: string;
  readonly execution?: { readonly metadata?: StructMessage };
  readonly outputs?: Readonly<Record<string, { readonly artifacts?: readonly ArtifactMessage[] }>>;
}

interface ArtifactMessage {
  readonly name?: string;
  readonly displayName?: string;
  readonly uri?: string;
  readonly schemaTitle?: string;
  readonly schemaVersion?: string;
  readonly metadata?: StructMessage;
}

/** By the tasks' places. */
export type TakenResults = Readonly<Record<string, Values>>;

/** Of the details that a labelled job comes with; throws INVALID_ARGUMENT. */
export function parseTakenResults(details: readonly TaskDetailMessage[]): TakenResults {
  const violations: FieldViolation[] = [];
  const artifacts = new Map<string, ArtifactRecord>();
  const results: Record<string, Values> = {};
  details.forEach(({ taskUniqueName: place = "", state, execution, outputs = {} }, index) => {
    const refuse = (field: string, description: string) =>
      violations.push({ field: `pipeline_job.job_detail.task_details[${index}].${field}`, description });
    if (place === "") refuse("task_unique_name", "is missing");
    else if (results[place] !== undefined) refuse("task_unique_name", `${place} is there twice`);
    if (state !== "SUCCEEDED" && state !== "SKIPPED")
      refuse("state", `"${state}": only a task that ended well has results to take`);
    results[place] = {
      parameters: outputParameters(fromStruct(execution?.metadata)),
      artifacts: mapValues(outputs, (list) => (list.artifacts ?? []).map((message) => recordOf(message, artifacts))),
    };
  });
  if (violations.length > 0) throw invalidArgument(violations);
  return results;
}

/** The same, its artifacts entered in this server's metadata store; each once, however often it is named. */
export function registerArtifacts(results: TakenResults, job: string, store: Artifacts): TakenResults {
  const registered = new Map<string, ArtifactRecord>();
  const register = (artifact: ArtifactRecord): ArtifactRecord => {
    const { name, createTime: _, ...facts } = artifact;
    const known = registered.get(name);
    if (known !== undefined) return known;
    const own = store.create(job, facts);
    registered.set(name, own);
    return own;
  };
  return mapValues(results, ({ parameters, artifacts }) => ({
    parameters,
    artifacts: mapValues(artifacts, (list) => list.map(register)),
  }));
}

/** Where a task stands, whichever try of the pipelines around it it is in. */
export function placeOf(path: string): string {
  return path.replaceAll(/~\d+(?=[.[]|$)/g, "");
}

function recordOf(message: ArtifactMessage, known: Map<string, ArtifactRecord>): ArtifactRecord {
  const { name = "", displayName = "", uri = "", schemaTitle = "", schemaVersion = "", metadata } = message;
  const found = known.get(name);
  if (found !== undefined && name !== "") return found;
  const record: ArtifactRecord = {
    name: name === "" ? `unnamed-${known.size}` : name,
    ...{ displayName, uri, metadata: fromStruct(metadata), createTime: 0 },
    schemaTitle: schemaTitle === "" ? "system.Artifact" : schemaTitle,
    schemaVersion: schemaVersion === "" ? "0.0.1" : schemaVersion,
  };
  known.set(record.name, record);
  return record;
}

function outputParameters(metadata: JsonObject): JsonObject {
  const prefix = "output:";
  return Object.fromEntries(
    Object.entries(metadata).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : [],
    ),
  );
}
