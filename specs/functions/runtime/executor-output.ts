import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { OutputArtifact } from "../builder/index.ts";
import type { ExecutorInput } from "./executor-input.ts";
import { TaskFailure } from "./failure.ts";
import type { FunctionInterface, OutputKind } from "./interface.ts";

/** Writes what the function made where Vertex looks for it. Throws {@link TaskFailure}, with all that is wrong. */
export async function writeOutputs(
  face: FunctionInterface,
  { outputs }: ExecutorInput,
  returned: unknown,
  artifacts: Readonly<Record<string, OutputArtifact>>,
): Promise<void> {
  const parameters = checkReturned(face, returned);
  if (!isPrimary()) return;
  for (const [name, value] of Object.entries(parameters)) {
    const file = outputs?.parameters?.[name]?.outputFile;
    if (file !== undefined) await write(file, typeof value === "string" ? value : JSON.stringify(value));
  }
  if (outputs?.outputFile === undefined) return;
  const made = Object.entries(artifacts).map(([name, { uri, metadata }]) => {
    const given = outputs.artifacts?.[name]?.artifacts?.[0]?.name ?? "";
    return [name, { artifacts: [{ name: given, uri, metadata }] }] as const;
  });
  const output = { parameterValues: parameters, ...(made.length > 0 && { artifacts: Object.fromEntries(made) }) };
  await write(outputs.outputFile, JSON.stringify(output));
}

function checkReturned({ outputs }: FunctionInterface, returned: unknown): Readonly<Record<string, unknown>> {
  const kinds = Object.entries(outputs).filter(([, kind]) => kind !== "artifact");
  const values = isObject(returned) ? returned : {};
  const problems = kinds.flatMap(([name, kind]) => {
    const value = values[name];
    if (value === undefined) return [`${name} is missing.`];
    return accepts[kind](value) ? [] : [`${name} should be ${nouns[kind]}, but is ${shown(value)}.`];
  });
  const names = new Set(kinds.map(([name]) => name));
  for (const name of Object.keys(values)) if (!names.has(name)) problems.push(`${name} is no output parameter.`);
  if (returned !== undefined && !isObject(returned)) problems.push(`It is ${shown(returned)}, not an object.`);
  if (problems.length > 0) throw new TaskFailure(`What the function returned is wrong: ${problems.join(" ")}`);
  return values;
}

const accepts: Readonly<Record<OutputKind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  int: Number.isSafeInteger,
  double: Number.isFinite,
  boolean: (value) => typeof value === "boolean",
  list: (value) => Array.isArray(value) && isJson(value),
  struct: (value) => isObject(value) && isJson(value),
  "task-final-status": isObject,
  "task-config": isObject,
  artifact: () => false,
};

const nouns: Readonly<Record<OutputKind, string>> = {
  string: "a string",
  int: "a whole number",
  double: "a finite number",
  boolean: "true or false",
  list: "an array of JSON",
  struct: "an object of JSON",
  "task-final-status": "an object",
  "task-config": "an object",
  artifact: "an artifact",
};

function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return isObject(value) && Object.values(value).every((each) => each === undefined || isJson(each));
}

function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value.constructor?.name ?? "an object";
  return (typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? String(value))).slice(0, 100);
}

/** Of a CustomJob with replicas only the first one writes: Vertex's mount does not take two writers of one file. */
function isPrimary(): boolean {
  const spec = process.env["CLUSTER_SPEC"];
  if (spec === undefined || spec === "") return true;
  const { task } = JSON.parse(spec) as { readonly task?: { readonly type?: string } };
  return task?.type === undefined || ["workerpool0", "chief", "master"].includes(task.type);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
