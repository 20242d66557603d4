import { containerPath } from "../processes/mount.ts";
import { isArray, isObject, type Json, mapValues } from "../wire/json.ts";
import type { ArtifactRecord } from "./records.ts";

/** What a task's placeholders can name. */
export interface PlaceholderScope {
  readonly parameters: Readonly<Record<string, Json>>;
  /**
   * Parameters that need not be given. One that is not there is JSON's null where a text names it: Google's own
   * CustomTrainingJob component has such lists and structs in its payload.
   */
  readonly optional?: ReadonlySet<string>;
  /** Values that the spec itself gives, placeholders and all: they are filled in where they are put. */
  readonly templates: Readonly<Record<string, Json>>;
  readonly artifacts: Readonly<Record<string, readonly ArtifactRecord[]>>;
  /** `{{$.pipeline_job_name}}` and the like, by name. */
  readonly names: Readonly<Record<string, string>>;
  /** Absent before the outputs are laid out. */
  readonly outputs?: {
    /** As the container sees it. */
    readonly parameterFiles: Readonly<Record<string, string>>;
    readonly artifactUris: Readonly<Record<string, string>>;
  };
  /** The JSON of `{{$}}`. */
  readonly executorInput?: () => string;
}

/** A placeholder that names nothing; the task fails with it. */
export class PlaceholderError extends Error {
  override readonly name = "PlaceholderError";
  readonly code = "INVALID_PLACEHOLDER";
}

const placeholder = /\{\{\$((?:\.[A-Za-z_]+|\[(?:'[^']*'|"[^"]*"|\\"[^"\\]*\\"|\d+)\])*)\}\}/g;
const segment = /\.([A-Za-z_]+)|\[(?:'([^']*)'|"([^"]*)"|\\"([^"\\]*)\\"|(\d+))\]/g;
const deepest = 8;

/** Fills a text, as Vertex does: by pasting, so that inside JSON a value needs `.json_escape[1]`. */
export function fill(text: string, scope: PlaceholderScope, depth = 0): string {
  if (depth > deepest) throw new PlaceholderError(`${text.slice(0, 200)}: its placeholders name each other.`);
  return text.replace(placeholder, (whole, path: string) => {
    const segments = [...path.matchAll(segment)].map(
      (match) => match.slice(1).find((part) => part !== undefined) ?? "",
    );
    const escapes = segments.at(-2) === "json_escape" ? Number(segments.at(-1)) : 0;
    if (segments.at(-2) === "json_escape") segments.splice(-2);
    let value = lookUp(segments, scope, whole, depth);
    for (let level = 0; level < escapes; level++) value = JSON.stringify(value).slice(1, -1);
    return value;
  });
}

/** Fills every string of a JSON value, keys too; the others stay. */
export function fillJson(json: Json, scope: PlaceholderScope): Json {
  if (typeof json === "string") return fill(json, scope);
  if (isArray(json)) return json.map((item) => fillJson(item, scope));
  if (isObject(json)) {
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [fill(key, scope), fillJson(value, scope)]));
  }
  return json;
}

/**
 * One argument of a container: a text, or one of the two structures that the compilers write as JSON,
 * `{"Concat": […]}` and `{"IfPresent": {"InputName", "Then", "Else"}}`. An absent part gives no argument.
 */
export function fillArgument(text: string, scope: PlaceholderScope): string[] {
  if (/^\s*\{\s*"(?:Concat|IfPresent)"/.test(text)) {
    try {
      return expand(JSON.parse(text) as Json, scope);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return [fill(text, scope)];
}

function expand(json: Json, scope: PlaceholderScope): string[] {
  if (typeof json === "string") return fillArgument(json, scope);
  if (isArray(json)) return json.flatMap((item) => expand(item, scope));
  if (isObject(json)) {
    const { Concat: parts, IfPresent: choice } = json;
    if (parts !== undefined) return [expand(parts, scope).join("")];
    if (isObject(choice)) {
      const input = String(choice["InputName"]);
      const chosen =
        Object.hasOwn(scope.parameters, input) || Object.hasOwn(scope.artifacts, input)
          ? choice["Then"]
          : choice["Else"];
      return chosen === undefined || chosen === null ? [] : expand(chosen, scope);
    }
  }
  return [valueText(json)];
}

/** A parameter as text: strings as they are, everything else as JSON, numbers without an exponent. */
export function valueText(value: Json): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value).toString();
  return JSON.stringify(value);
}

function lookUp(segments: readonly string[], scope: PlaceholderScope, whole: string, depth: number): string {
  const [head, kind, key = "", property, property2] = segments;
  const unknown = (why: string) => new PlaceholderError(`${whole}: ${why}`);
  if (head === undefined) {
    if (scope.executorInput === undefined) throw unknown("has no meaning here.");
    return scope.executorInput();
  }
  if (head === "inputs" && kind === "parameters") {
    const template = scope.templates[key];
    if (template !== undefined) return fill(valueText(template), scope, depth + 1);
    const value = scope.parameters[key];
    if (value !== undefined) return valueText(value);
    if (scope.optional?.has(key)) return "null";
    throw unknown("this input has no value.");
  }
  if (head === "inputs" && kind === "artifacts") {
    const artifact = scope.artifacts[key]?.[0];
    if (artifact === undefined) throw unknown("this input has no artifact.");
    return artifactText(artifact, property, property2) ?? refuse(unknown);
  }
  if (head === "outputs" && kind === "parameters" && property === "output_file") {
    return scope.outputs?.parameterFiles[key] ?? refuse(unknown);
  }
  if (head === "outputs" && kind === "artifacts") {
    const uri = scope.outputs?.artifactUris[key];
    if (uri !== undefined && property === "uri") return uri;
    if (uri !== undefined && property === "path") return containerPath(uri);
    if (uri !== undefined && property === "metadata") return property2 === undefined ? "{}" : "";
    return refuse(unknown);
  }
  if (segments.length === 1) return scope.names[head] ?? refuse(unknown);
  return refuse(unknown);
}

function artifactText(
  artifact: ArtifactRecord,
  property: string | undefined,
  key: string | undefined,
): string | undefined {
  switch (property) {
    case "uri":
      return artifact.uri;
    case "path":
      return containerPath(artifact.uri);
    case "name":
      return artifact.name;
    case "metadata":
      return key === undefined ? JSON.stringify(artifact.metadata) : valueText(artifact.metadata[key] ?? "");
    default:
      return undefined;
  }
}

function refuse(unknown: (why: string) => Error): never {
  throw unknown("names nothing that this task has.");
}

/** Texts with placeholders that no task of ours understands, for validation before a job starts. */
export function unknownNames(text: string, names: readonly string[]): string[] {
  return [...text.matchAll(placeholder)]
    .map((match) => [match[0], [...(match[1] ?? "").matchAll(segment)][0]?.[1]] as const)
    .filter(([, head]) => head !== undefined && !["inputs", "outputs", "json_escape", ...names].includes(head))
    .map(([whole]) => whole);
}

export function fillAll(values: Readonly<Record<string, Json>>, scope: PlaceholderScope): Record<string, Json> {
  return mapValues(values, (value) => fillJson(value, scope));
}
