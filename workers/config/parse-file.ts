import { Ajv } from "ajv";
import { type Problem, toProblems } from "../../pipelines/schema/problems.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { type ConfigurationFile, ConfigurationFileSchema, serviceNames } from "./schema.ts";

/** Environment variables that override the file, by the path that they set. */
export const overrides: Readonly<Record<string, readonly string[]>> = {
  RETEMPER_ENVIRONMENT: ["environment"],
  RETEMPER_PROJECT: ["project"],
  RETEMPER_LOCATION: ["location"],
  RETEMPER_BUCKET: ["bucket"],
  RETEMPER_RECIPES: ["recipes"],
  RETEMPER_TRAINER_IMAGE: ["trainerImage"],
  ...Object.fromEntries(serviceNames.map((name) => [`RETEMPER_${name.toUpperCase()}`, ["services", name, "preset"]])),
};

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The file's content with the variables laid over it, checked.
 * A service may be given as its preset alone: `hub: gcp`.
 * Throws {@link ConfigurationError} with every problem.
 */
export function parseFile(document: unknown, variables: Variables = {}): ConfigurationFile {
  const raw = expandPresets(structuredClone(document ?? {}));
  const setBy = new Map<string, string>();
  if (isRecord(raw)) {
    for (const [variable, path] of Object.entries(overrides)) {
      const value = variables[variable];
      if (value && setAt(raw, path, value)) setBy.set(path.join("."), variable);
    }
  }
  const validate = new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false }).compile(
    ConfigurationFileSchema,
  );
  if (validate(raw)) return raw as ConfigurationFile;
  const problems = toProblems(validate.errors ?? []).map((problem): Problem => {
    const variable = setBy.get(problem.path);
    return variable ? { path: variable, message: problem.message } : problem;
  });
  throw new ConfigurationError("INVALID_CONFIGURATION", "The configuration is not valid:", problems);
}

function expandPresets(document: unknown): unknown {
  if (!isRecord(document) || !isRecord(document["services"])) return document;
  const services = Object.entries(document["services"]).map(([name, value]) => [
    name,
    typeof value === "string" ? { preset: value } : value,
  ]);
  return { ...document, services: Object.fromEntries(services) };
}

/** False where something that is not an object stands in the way: the schema reports that. */
function setAt(target: Record<string, unknown>, [head, ...rest]: readonly string[], value: string): boolean {
  if (head === undefined) return false;
  if (rest.length === 0) {
    target[head] = value;
    return true;
  }
  target[head] ??= {};
  const next = target[head];
  return isRecord(next) && setAt(next, rest, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
