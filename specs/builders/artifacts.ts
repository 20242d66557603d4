import type { ArtifactDefinitionNode } from "../nodes/index.ts";
import type { Described } from "./parameters.ts";
import {
  type AnyValue,
  type ArtifactListValue,
  type ArtifactValue,
  internals,
  isValue,
  type ParameterValue,
  toValue,
} from "./values.ts";

/** A type of artifact, such as `Model`; where a component names its inputs and outputs, it stands for one of them. */
export interface ArtifactType<Title extends string = string> extends ArtifactDefinitionNode {
  readonly schemaTitle: Title;
  readonly list: false;
  readonly optional: false;
}

/** An artifact that a task need not be given. */
export interface OptionalArtifact<Title extends string = string> extends ArtifactDefinitionNode {
  readonly schemaTitle: Title;
  readonly list: false;
  readonly optional: true;
}

/** Any number of artifacts of one type. */
export interface ArtifactListType<Title extends string = string> extends ArtifactDefinitionNode {
  readonly schemaTitle: Title;
  readonly list: true;
  readonly optional: false;
}

/** Any number of artifacts that a task need not be given. */
export interface OptionalArtifactList<Title extends string = string> extends ArtifactDefinitionNode {
  readonly schemaTitle: Title;
  readonly list: true;
  readonly optional: true;
}

/** Any artifact: an input of this type takes every other. */
export const Artifact = artifactType("system.Artifact");
export const Model = artifactType("system.Model");
export const Dataset = artifactType("system.Dataset");
/** Numbers that Vertex shows. */
export const Metrics = artifactType("system.Metrics");
/** A confusion matrix or curve that Vertex shows. */
export const ClassificationMetrics = artifactType("system.ClassificationMetrics");
export const SlicedClassificationMetrics = artifactType("system.SlicedClassificationMetrics");
export const HTML = artifactType("system.HTML");
export const Markdown = artifactType("system.Markdown");

/** An artifact type by its schema title, such as `google.VertexModel`. */
export function artifactType<const Title extends `${string}.${string}`>(
  title: Title,
  version = "0.0.1",
): ArtifactType<Title> {
  return Object.freeze({ kind: "artifact", schemaTitle: title, schemaVersion: version, list: false, optional: false });
}

/** Any number of artifacts: what a loop makes, or what a step takes from it. */
export function artifactList<Title extends string>(type: ArtifactType<Title>): ArtifactListType<Title> {
  return Object.freeze({ ...type, list: true });
}

/** An input that may be left out. */
export function optional<Title extends string>(type: ArtifactType<Title>): OptionalArtifact<Title>;
export function optional<Title extends string>(type: ArtifactListType<Title>): OptionalArtifactList<Title>;
export function optional(type: ArtifactDefinitionNode): ArtifactDefinitionNode {
  return Object.freeze({ ...type, optional: true });
}

/** The same type with a description of this input or output, or the same value with one of this output of a pipeline. */
export function described<Type extends ArtifactType | ArtifactListType | OptionalArtifact | OptionalArtifactList>(
  type: Type,
  options: Required<Described>,
): Type;
export function described<Title extends string>(
  value: ArtifactValue<Title>,
  options: Required<Described>,
): ArtifactValue<Title>;
export function described<Title extends string>(
  value: ArtifactListValue<Title>,
  options: Required<Described>,
): ArtifactListValue<Title>;
export function described<Value extends ParameterValue>(value: Value, options: Required<Described>): Value;
export function described(subject: ArtifactDefinitionNode | AnyValue, { description }: Required<Described>): unknown {
  return isValue(subject)
    ? toValue({ ...subject[internals], description })
    : Object.freeze({ ...subject, description });
}
