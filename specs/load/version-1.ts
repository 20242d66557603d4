import type {
  ArtifactDefinitionNode,
  ContainerNode,
  DefinitionNode,
  DefinitionNodes,
  JsonValue,
  ParameterDefinitionNode,
  ParameterKind,
} from "../nodes/index.ts";
import { nameOf } from "./component-node.ts";
import { LoadError, type LoadProblem } from "./load-error.ts";
import { type Interface, readArguments, textOf } from "./version-1-arguments.ts";
import { readDefault } from "./version-1-defaults.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Whether a document is a component of the first version of Kubeflow Pipelines. */
export function isVersion1(document: unknown): document is Fields {
  return isFields(document) && "implementation" in document;
}

/**
 * A component in the form of Kubeflow Pipelines' first version, as a container of today's.
 * Throws `LoadError` with every problem.
 *
 * https://www.kubeflow.org/docs/components/pipelines/legacy-v1/reference/component-spec
 */
export function readVersion1(document: Fields, source: string): ContainerNode {
  const problems: LoadProblem[] = [];
  const report = (path: string, message: string) => problems.push({ path, message });

  const inputs = readDefinitions("inputs", readInput);
  const outputs = readDefinitions("outputs", readOutput);
  const io: Interface = { inputs: inputs.names, outputs: outputs.names };

  const implementation = isFields(document["implementation"]) ? document["implementation"] : {};
  const container = isFields(implementation["container"]) ? implementation["container"] : null;
  if (container === null) report("/implementation", "Only a component that is a container can be loaded.");
  const at = "/implementation/container";
  const image = container?.["image"];
  if (container !== null && typeof image !== "string") report(`${at}/image`, "A container has an image.");
  const node: ContainerNode = Object.freeze({
    kind: "container",
    name: nameOf(textOf(document["name"]) ?? "name"),
    ...(typeof document["description"] === "string" && { description: document["description"] }),
    inputs: inputs.definitions,
    outputs: outputs.definitions,
    image: typeof image === "string" ? image : "",
    command: readArguments(container?.["command"], `${at}/command`, io, report),
    arguments: readArguments(container?.["args"], `${at}/args`, io, report),
    environment: readEnvironment(container?.["env"], `${at}/env`),
  });
  if (problems.length > 0)
    throw new LoadError("invalid-component", source, "this component cannot be loaded.", problems);
  return node;

  function readDefinitions(key: "inputs" | "outputs", read: (fields: Fields, path: string) => DefinitionNode) {
    const names = new Map<string, { readonly name: string; readonly definition: DefinitionNode }>();
    const definitions: Record<string, DefinitionNode> = {};
    const list = document[key] ?? [];
    if (!Array.isArray(list)) report(`/${key}`, "This is a list.");
    for (const [index, each] of (Array.isArray(list) ? list : []).entries()) {
      const path = `/${key}/${index}`;
      const given = isFields(each) ? textOf(each["name"]) : null;
      if (!isFields(each) || given === null) {
        report(path, "It has a name.");
        continue;
      }
      const name = identifier(given);
      if (Object.hasOwn(definitions, name)) report(path, `There are two of the name "${name}".`);
      const definition = read(each, path);
      names.set(given, { name, definition });
      definitions[name] = definition;
    }
    return { names, definitions: Object.freeze(definitions) as DefinitionNodes };
  }

  function readInput(fields: Fields, path: string): DefinitionNode {
    const definition = readType(fields["type"]);
    if (definition.kind === "parameter" && definition.type === "task-final-status") {
      return Object.freeze({ ...definition, optional: true });
    }
    const given = fields["default"];
    const optional = fields["optional"] === true || "default" in fields;
    if (definition.kind === "artifact" || given === undefined || given === null) {
      return Object.freeze({ ...definition, optional });
    }
    const value = readDefault(definition.type, given as JsonValue);
    if (value === undefined) {
      report(`${path}/default`, `${JSON.stringify(given)} is no value of type ${definition.type}.`);
      return definition;
    }
    return Object.freeze({ ...definition, optional, default: value });
  }

  function readOutput(fields: Fields): DefinitionNode {
    return Object.freeze(readType(fields["type"]));
  }

  function readEnvironment(value: unknown, path: string): Readonly<Record<string, string>> {
    if (value === undefined || value === null) return {};
    if (!isFields(value)) {
      report(path, "This has a name and a value for each variable.");
      return {};
    }
    const entries = Object.entries(value).map(([name, each]) => {
      const text = textOf(each);
      if (text === null) report(`${path}/${name}`, "A variable is a text.");
      return [name, text ?? ""] as const;
    });
    return Object.freeze(Object.fromEntries(entries));
  }
}

const parameterKinds: Readonly<Record<string, ParameterKind>> = {
  integer: "int",
  int: "int",
  double: "double",
  float: "double",
  string: "string",
  str: "string",
  text: "string",
  bool: "boolean",
  boolean: "boolean",
  dict: "struct",
  jsonobject: "struct",
  list: "list",
  jsonarray: "list",
};

const artifactTitles = [
  "Artifact",
  "Model",
  "Dataset",
  "Metrics",
  "ClassificationMetrics",
  "SlicedClassificationMetrics",
  "HTML",
  "Markdown",
] as const;

/** Whatever the Python SDK doesn't know is an artifact of any type. */
function readType(type: unknown): ParameterDefinitionNode | ArtifactDefinitionNode {
  const name = typeof type === "string" ? outerType(type.replace(/^typing\./, "")) : "";
  if (name === "PipelineTaskFinalStatus") return { kind: "parameter", type: "task-final-status", optional: false };
  const kind = parameterKinds[name.toLowerCase()];
  if (kind !== undefined) return { kind: "parameter", type: kind, optional: false };
  const title = artifactTitles.find((each) => each.toLowerCase() === name.toLowerCase());
  return {
    kind: "artifact",
    schemaTitle: /^google\.[A-Za-z]+$/.test(name) ? name : `system.${title ?? "Artifact"}`,
    schemaVersion: "0.0.1",
    list: false,
    optional: false,
  };
}

/** `List[str]` is a list. */
function outerType(name: string): string {
  return /^(list|dict)/i.test(name) ? (name.split("[", 1)[0] ?? name) : name;
}

/** As the Python SDK makes names fit for Python. */
function identifier(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^_0-9a-z]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
