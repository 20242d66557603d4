import { create, createFileRegistry, type FileRegistry, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type DescriptorProtoSchema,
  type EnumDescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FieldDescriptorProtoSchema,
  type FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import protobuf from "protobufjs";

/**
 * protobufjs's reflection as protobuf-es knows it, for protobuf's JSON form, which protobufjs doesn't have. One file a
 * package, those first that others are made of.
 */
export function describe(root: protobuf.Root): FileRegistry {
  const packages: Package[] = [];
  collect(root, packages);
  packages.sort((a, b) => rank(a.name) - rank(b.name));
  return createFileRegistry(create(FileDescriptorSetSchema, { file: packages.map(file) }));
}

interface Package {
  readonly name: string;
  readonly types: readonly protobuf.Type[];
  readonly enums: readonly protobuf.Enum[];
}

const order = ["google.protobuf", "google.api", "google.rpc", "google.type", "google.longrunning"];

function rank(name: string): number {
  const at = order.indexOf(name);
  return at >= 0 ? at : name.includes("schema") ? order.length : order.length + 1;
}

function collect(namespace: protobuf.Namespace, into: Package[]): void {
  const types: protobuf.Type[] = [];
  const enums: protobuf.Enum[] = [];
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Type) types.push(nested);
    else if (nested instanceof protobuf.Enum) enums.push(nested);
    else if (nested instanceof protobuf.Namespace && !(nested instanceof protobuf.Service)) collect(nested, into);
  }
  if (types.length + enums.length > 0) into.push({ name: namespace.fullName.slice(1), types, enums });
}

function file({ name, types, enums }: Package): MessageInitShape<typeof FileDescriptorProtoSchema> {
  return {
    name: `${name}.proto`,
    package: name,
    syntax: "proto3",
    messageType: types.map(message),
    enumType: enums.map(enumeration),
  };
}

function message(type: protobuf.Type): MessageInitShape<typeof DescriptorProtoSchema> {
  const fields = type.fieldsArray.filter(({ name }) => !name.startsWith("."));
  const maps = fields.filter((field) => field instanceof protobuf.MapField);
  return {
    name: type.name,
    field: fields.map(field),
    nestedType: [
      ...type.nestedArray.filter((nested) => nested instanceof protobuf.Type).map(message),
      ...maps.map(mapEntry),
    ],
    enumType: type.nestedArray.filter((nested) => nested instanceof protobuf.Enum).map(enumeration),
    oneofDecl: type.oneofsArray.map(({ name }) => ({ name: snake(name) })),
  };
}

function field(described: protobuf.Field): MessageInitShape<typeof FieldDescriptorProtoSchema> {
  const { name, id, repeated, partOf, parent, options } = described;
  const common = { name: snake(name), jsonName: name, number: id };
  if (described instanceof protobuf.MapField) {
    return {
      ...common,
      label: FieldDescriptorProto_Label.REPEATED,
      type: FieldDescriptorProto_Type.MESSAGE,
      typeName: `${parent?.fullName}.${entryName(name)}`,
    };
  }
  return {
    ...common,
    label: repeated ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    ...typeOf(described),
    ...(partOf && parent instanceof protobuf.Type && { oneofIndex: parent.oneofsArray.indexOf(partOf) }),
    ...(options?.["proto3_optional"] === true && { proto3Optional: true }),
  };
}

function mapEntry(map: protobuf.MapField): MessageInitShape<typeof DescriptorProtoSchema> {
  const label = FieldDescriptorProto_Label.OPTIONAL;
  return {
    name: entryName(map.name),
    options: { mapEntry: true },
    field: [
      { name: "key", jsonName: "key", number: 1, label, type: scalar(map.keyType) },
      { name: "value", jsonName: "value", number: 2, label, ...typeOf(map) },
    ],
  };
}

function typeOf({
  type,
  resolvedType,
}: Pick<protobuf.FieldBase, "type" | "resolvedType">): Pick<
  MessageInitShape<typeof FieldDescriptorProtoSchema>,
  "type" | "typeName"
> {
  if (resolvedType === null) return { type: scalar(type) };
  const isEnum = resolvedType instanceof protobuf.Enum;
  return {
    type: isEnum ? FieldDescriptorProto_Type.ENUM : FieldDescriptorProto_Type.MESSAGE,
    typeName: resolvedType.fullName,
  };
}

function scalar(type: string): FieldDescriptorProto_Type {
  const found = FieldDescriptorProto_Type[type.toUpperCase() as keyof typeof FieldDescriptorProto_Type];
  if (found === undefined) throw new Error(`${type} is no scalar type of protobuf`);
  return found;
}

function enumeration({ name, values }: protobuf.Enum): MessageInitShape<typeof EnumDescriptorProtoSchema> {
  const value = Object.entries(values).map(([key, number]) => ({ name: key, number }));
  // The first one of proto3 is zero, whatever order they were written in.
  value.sort((a, b) => Number(b.number === 0) - Number(a.number === 0));
  const aliased = new Set(value.map(({ number }) => number)).size < value.length;
  return { name, value, ...(aliased && { options: { allowAlias: true } }) };
}

function entryName(field: string): string {
  return `${field[0]?.toUpperCase()}${field.slice(1)}Entry`;
}

function snake(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
