import type { DefinitionNode, JsonValue, ParameterKind } from "../nodes/index.ts";
import type { ArtifactListType, ArtifactType, OptionalArtifact, OptionalArtifactList } from "./artifacts.ts";
import type { ParameterDefinition, Presence } from "./parameters.ts";
import type { AnyTask } from "./task-methods.ts";
import type {
  ArtifactListValue,
  ArtifactValue,
  ComparableValue,
  Conditional,
  OptionalText,
  ParameterValue,
} from "./values.ts";

/** A mistake of the author, shown by `tsc` as a sentence. */
export interface Mistake<Sentence extends string> {
  readonly mistake: Sentence;
}

/** What a component or pipeline takes, by input. */
export type Inputs = Readonly<Record<string, DefinitionNode>>;

/** What it gives, by output: nothing that may be left out. */
export type Outputs = Readonly<
  Record<string, ArtifactType | ArtifactListType | ParameterDefinition<ParameterKind, unknown, "required">>
>;

/** What a definition becomes in a pipeline. */
export type ValueOf<Definition> =
  Definition extends ParameterDefinition<infer Kind, infer Value, infer Given>
    ? ParameterValueOf<Kind, Value, Given>
    : Definition extends ArtifactListType<infer Title> | OptionalArtifactList<infer Title>
      ? ArtifactListValue<Title>
      : Definition extends ArtifactType<infer Title> | OptionalArtifact<infer Title>
        ? ArtifactValue<Title>
        : never;

type ParameterValueOf<Kind extends ParameterKind, Value, Given extends Presence> = Kind extends
  | "list"
  | "struct"
  | "task-final-status"
  | "task-config"
  ? ParameterValue<Kind, Value>
  : [Kind, Given] extends ["string", "optional"]
    ? OptionalText
    : ComparableValue<Kind, Value>;

export type ValuesOf<Definitions> = { readonly [Name in keyof Definitions]: ValueOf<Definitions[Name]> };

/** What an input can be given: a value of its own type, known now or when the pipeline runs. */
export type Accepted<Definition> =
  Definition extends ParameterDefinition<infer Kind, infer Value, Presence>
    ? Kind extends "task-final-status" | "task-config"
      ? never
      : Known<Value> | ParameterValue<Kind, Value>
    : Definition extends ArtifactListType<infer Title> | OptionalArtifactList<infer Title>
      ? Title extends "system.Artifact"
        ? ArtifactListValue
        : ArtifactListValue<Title>
      : Definition extends ArtifactType<infer Title> | OptionalArtifact<infer Title>
        ? Title extends "system.Artifact"
          ? ArtifactValue
          : ArtifactValue<Title>
        : never;

/** Data in which values of the pipeline may stand. */
export type Known<Value> = [JsonValue] extends [Value] ? JsonWithValues : KnownData<Value>;

type KnownData<Value> = Value extends string | number | boolean | null
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly (Known<Item> | Embedded<Item>)[]
    : { readonly [Field in keyof Value]: Known<Value[Field]> | Embedded<Value[Field]> };

type Embedded<Value> = ParameterValue<ParameterKind, JsonValue extends Value ? unknown : Value>;

type JsonWithValues =
  | string
  | number
  | boolean
  | null
  | ParameterValue
  | readonly JsonWithValues[]
  | { readonly [key: string]: JsonWithValues };

type RequiredNames<Definitions> = {
  [Name in keyof Definitions]: Definitions[Name] extends
    | ArtifactType
    | ArtifactListType
    | ParameterDefinition<ParameterKind, unknown, "required">
    ? Name
    : never;
}[keyof Definitions];

/** What the author may write; checked further by `Checked`. */
export type Given<Definitions> = { readonly [Name in keyof Definitions]?: unknown };

/** The author's arguments, with a sentence in the place of each that is wrong. */
export type Checked<Definitions, Arguments> = {
  readonly [Name in keyof Arguments]: Name extends keyof Definitions
    ? unknown extends Arguments[Name]
      ? Accepted<Definitions[Name]>
      : Arguments[Name] extends Accepted<Definitions[Name]>
        ? Arguments[Name]
        : Mistake<`The input "${Name & string}" takes ${Noun<Definitions[Name]>}, but is given ${NounOfValue<Arguments[Name]>}.`>
    : Mistake<`There is no input "${Name & string}".`>;
} & { readonly [Name in Exclude<RequiredNames<Definitions>, keyof Arguments>]: Accepted<Definitions[Name]> };

/** Arguments, which may be left out altogether where nothing is required. */
export type Call<Definitions, Arguments> = [RequiredNames<Definitions>] extends [never]
  ? [inputs?: Arguments & Checked<Definitions, Arguments>]
  : [inputs: Arguments & Checked<Definitions, Arguments>];

type Noun<Definition> =
  Definition extends ParameterDefinition<infer Kind, unknown, Presence>
    ? Kind extends "task-final-status" | "task-config"
      ? "nothing: Vertex fills it in"
      : WithArticle<Kind>
    : Definition extends ArtifactListType<infer Title> | OptionalArtifactList<infer Title>
      ? `a list of ${Title}`
      : Definition extends ArtifactType<infer Title> | OptionalArtifact<infer Title>
        ? `a ${Title}`
        : "something else";

type NounOfValue<Value> = Value extends Conditional
  ? "a value that may not exist: return it from every branch, with .otherwise(…) as the last"
  : Value extends ArtifactListValue<infer Title>
    ? `a list of ${Title}`
    : Value extends ArtifactValue<infer Title>
      ? `a ${Title}`
      : Value extends AnyTask
        ? "a whole task: name one of its outputs"
        : Value extends ParameterValue<infer Kind, unknown>
          ? WithArticle<Kind>
          : Value extends string
            ? "a string"
            : Value extends number
              ? "a number"
              : Value extends boolean
                ? "a boolean"
                : "something else";

type WithArticle<Kind extends string> = Kind extends "int" ? "an int" : `a ${Kind}`;
