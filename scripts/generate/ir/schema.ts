import { create, type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { type FieldOptions, FieldOptionsSchema } from "@bufbuild/protobuf/wkt";

/** A JSON schema of protobuf messages in their JSON form: https://protobuf.dev/programming-guides/json */
export type Schema = { readonly [keyword: string]: unknown };

/** Fields whose proto type says less than is known: `deploymentSpec` is a Struct that holds this message. */
export type Refinements = ReadonlyMap<string, DescMessage>;

/** The schema of `root`, with every message that it reaches as a definition. */
export function messageSchema(root: DescMessage, id: string, refinements: Refinements): Schema {
  const definitions: Record<string, Schema> = {};
  define(root);
  return { $id: id, $schema: "http://json-schema.org/draft-07/schema#", $ref: reference(root), definitions };

  function define(message: DescMessage): void {
    if (definitions[message.typeName] !== undefined || wellKnown[message.typeName] !== undefined) return;
    const properties: Record<string, Schema> = {};
    definitions[message.typeName] = {
      type: "object",
      additionalProperties: false,
      properties,
      ...(message.oneofs.length > 0 && {
        atMostOne: message.oneofs.map((oneof) => oneof.fields.map((field) => field.jsonName)),
      }),
    };
    for (const field of message.fields) properties[field.jsonName] = fieldSchema(field);
  }

  function fieldSchema(field: DescField): Schema {
    const refined = refinements.get(`${field.parent.typeName}.${field.name}`);
    if (refined !== undefined) return messageReference(refined);
    const deprecated = isDeprecated(field.proto.options) ? { deprecated: true } : {};
    switch (field.fieldKind) {
      case "scalar":
        return { ...scalarSchema(field.scalar), ...deprecated };
      case "enum":
        return enumSchema(field.enum);
      case "message":
        return messageReference(field.message);
      case "list":
        return { type: "array", items: elementSchema(field) };
      case "map":
        return { type: "object", additionalProperties: elementSchema(field) };
    }
  }

  function elementSchema(field: DescField & { fieldKind: "list" | "map" }): Schema {
    const kind = field.fieldKind === "list" ? field.listKind : field.mapKind;
    if (kind === "message" && field.message !== undefined) return messageReference(field.message);
    if (kind === "enum" && field.enum !== undefined) return enumSchema(field.enum);
    if (field.scalar !== undefined) return scalarSchema(field.scalar);
    throw new Error(`${field.parent.typeName}.${field.name}: an element of unknown kind.`);
  }

  function messageReference(message: DescMessage): Schema {
    const known = wellKnown[message.typeName];
    if (known !== undefined) return known;
    define(message);
    return { $ref: reference(message) };
  }
}

function reference(message: DescMessage): string {
  return `#/definitions/${message.typeName}`;
}

const wellKnown: Readonly<Record<string, Schema>> = {
  "google.protobuf.Struct": { type: "object" },
  "google.protobuf.Value": {},
  "google.protobuf.ListValue": { type: "array" },
  "google.protobuf.Duration": { type: "string", pattern: "^-?[0-9]+(\\.[0-9]{1,9})?s$" },
  "google.protobuf.Any": { type: "object" },
};

function scalarSchema(scalar: ScalarType): Schema {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return { type: "string" };
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] };
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      // 64 bits do not fit a JSON number, so they are written as strings; parsers take both.
      return { type: ["string", "integer"], pattern: "^-?[0-9]+$" };
    default:
      return { type: "integer" };
  }
}

function enumSchema(descriptor: DescEnum): Schema {
  return { enum: descriptor.values.map((value) => value.name) };
}

function isDeprecated(options: FieldOptions | undefined): boolean {
  return (options ?? create(FieldOptionsSchema)).deprecated;
}
