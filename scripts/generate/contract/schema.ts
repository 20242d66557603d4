/** The part of JSON Schema that the contract uses, as a tree. Anything else is refused, not ignored. */
export type Shape =
  | { readonly kind: "string" | "number" | "integer" | "boolean" | "null" }
  | { readonly kind: "literals"; readonly values: readonly (string | number)[] }
  | { readonly kind: "reference"; readonly name: string }
  | { readonly kind: "array"; readonly items: Shape }
  | { readonly kind: "map"; readonly values: Shape }
  | { readonly kind: "object"; readonly properties: readonly Property[] }
  | { readonly kind: "union"; readonly members: readonly Shape[] };

export interface Property {
  readonly name: string;
  readonly required: boolean;
  readonly description: string | null;
  readonly shape: Shape;
}

export interface Definition {
  readonly name: string;
  readonly description: string | null;
  readonly shape: Shape;
}

type Json = Readonly<Record<string, unknown>>;

/** The schema's `definitions`, in its order. Throws where a schema has no type that can be printed. */
export function parseDefinitions(schema: unknown): readonly Definition[] {
  return Object.entries(object(object(schema)["definitions"])).map(([name, definition]) => ({
    name,
    description: description(definition),
    shape: parseShape(definition, name),
  }));
}

function parseShape(schema: unknown, path: string): Shape {
  const it = object(schema);
  if (typeof it["$ref"] === "string") {
    return { kind: "reference", name: it["$ref"].replace("#/definitions/", "") };
  }
  if (it["const"] !== undefined) return { kind: "literals", values: [it["const"] as string | number] };
  if (Array.isArray(it["enum"])) return { kind: "literals", values: it["enum"] };
  if (Array.isArray(it["anyOf"])) {
    return { kind: "union", members: it["anyOf"].map((member, index) => parseShape(member, `${path}.${index}`)) };
  }
  const type = it["type"];
  if (Array.isArray(type)) return { kind: "union", members: type.map((one) => parseShape({ ...it, type: one }, path)) };
  switch (type) {
    case "string":
    case "number":
    case "integer":
    case "boolean":
    case "null":
      return { kind: type };
    case "array":
      return { kind: "array", items: parseShape(it["items"], `${path}.items`) };
    case "object":
      return parseObject(it, path);
    default:
      throw new Error(`${path}: no type that can be generated from ${JSON.stringify(schema)}`);
  }
}

function parseObject(schema: Json, path: string): Shape {
  if (schema["properties"] === undefined) {
    return { kind: "map", values: parseShape(schema["additionalProperties"], `${path}.*`) };
  }
  const required = (schema["required"] ?? []) as readonly string[];
  return {
    kind: "object",
    properties: Object.entries(object(schema["properties"])).map(([name, property]) => ({
      name,
      required: required.includes(name),
      description: description(property),
      shape: parseShape(property, `${path}.${name}`),
    })),
  };
}

function description(schema: unknown): string | null {
  const text = object(schema)["description"];
  return typeof text === "string" ? text : null;
}

function object(value: unknown): Json {
  if (typeof value !== "object" || value === null)
    throw new Error(`An object was expected, not ${JSON.stringify(value)}`);
  return value as Json;
}
