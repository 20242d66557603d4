import { distance } from "fastest-levenshtein";

/** One thing wrong with a document, in the words of the person who wrote it. */
export interface Problem {
  /** `train.epochs`, `promote.canary[0].percent`; empty for the document itself. */
  readonly path: string;
  readonly message: string;
}

/** The part of ajv's error object that we read. */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly parentSchema?: unknown;
}

/** Every problem that ajv found, each with its path and, for a name nearly right, the name that was meant. */
export function toProblems(errors: readonly SchemaError[]): Problem[] {
  const problems = errors.flatMap(toProblem);
  return [...new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem])).values()];
}

function toProblem(error: SchemaError): Problem[] {
  const path = toPath(error.instancePath);
  switch (error.keyword) {
    // These only say that something inside them failed, which is reported by itself.
    case "if":
    case "allOf":
      return [];
    case "additionalProperties": {
      const name = String(error.params["additionalProperty"]);
      return [{ path: join(path, name), message: `is not a known field${suggestion(name, knownProperties(error))}` }];
    }
    case "required":
      return [{ path: join(path, String(error.params["missingProperty"])), message: "is missing" }];
    case "enum": {
      const allowed = (error.params["allowedValues"] as readonly unknown[]).map(String);
      return [{ path, message: `must be one of ${allowed.join(", ")}` }];
    }
    case "const":
      return [{ path, message: `must be ${JSON.stringify(error.params["allowedValue"])}` }];
    case "type":
      return [{ path, message: `must be ${article(String(error.params["type"]))}` }];
    case "pattern": {
      const description = (error.parentSchema as { description?: string } | undefined)?.description;
      return [
        {
          path,
          message: description ? `is malformed. ${description}` : `must match ${String(error.params["pattern"])}`,
        },
      ];
    }
    case "minLength":
      return [{ path, message: "must not be empty" }];
    default:
      return [{ path, message: error.message ?? `breaks the rule ${error.keyword}` }];
  }
}

/** "; did you mean epochs?" when one of the known names is near enough to be a slip of the fingers. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((left, right) => left.edits - right.edits || left.candidate.localeCompare(right.candidate))[0];
  if (!nearest) return "";
  const slip = nearest.edits <= Math.max(2, Math.floor(nearest.candidate.length / 3));
  return slip ? `; did you mean ${nearest.candidate}?` : ` (known: ${known.join(", ")})`;
}

function knownProperties(error: SchemaError): string[] {
  const parent = error.parentSchema as { properties?: Record<string, unknown> } | undefined;
  return Object.keys(parent?.properties ?? {});
}

/** JSON pointer → the way people write paths. */
function toPath(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), "");
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function article(type: string): string {
  return type === "object" || type === "array" || type === "integer" ? `an ${type}` : `a ${type}`;
}
