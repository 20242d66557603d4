/**
 * Where a value comes from, in the author's terms. What the IR hands through loops and branches is already followed to
 * where it was written; what goes into a pipeline in a pipeline, or comes out of it, is not: see `origins`.
 */
export type Source =
  | { readonly kind: "constant"; readonly value: unknown }
  /** An input of the pipeline at that path, `""` for the outermost. */
  | { readonly kind: "input"; readonly pipeline: string; readonly name: string }
  /** Of the task, or pipeline in a pipeline, at that path. */
  | { readonly kind: "output"; readonly step: string; readonly name: string; readonly artifact: boolean }
  /** The item of the loop at that path. */
  | { readonly kind: "item"; readonly loop: string; readonly artifact: boolean }
  /** All the values that the loop at that path made. */
  | { readonly kind: "collected"; readonly loop: string; readonly of: Source }
  /** The value of whichever branch ran. */
  | { readonly kind: "one-of"; readonly of: readonly Source[] }
  | { readonly kind: "field"; readonly of: Source; readonly field: string }
  /** An expression of the IR over `string_value`. */
  | { readonly kind: "selected"; readonly of: Source; readonly expression: string }
  /** A value with placeholders in its texts, by what stands between the quotes of `{{$.inputs.parameters['…']}}`. */
  | { readonly kind: "template"; readonly value: unknown; readonly names: Readonly<Record<string, Source>> }
  /** How the step at that path ended. */
  | { readonly kind: "status"; readonly step: string }
  /** Nothing: an optional input that nobody gave. */
  | { readonly kind: "absent" };

/** The sources that one is made of, itself when it is not made of others. */
export function leavesOf(source: Source): readonly Source[] {
  switch (source.kind) {
    case "collected":
    case "field":
    case "selected":
      return leavesOf(source.of);
    case "one-of":
      return source.of.flatMap(leavesOf);
    case "template":
      return Object.values(source.names).flatMap(leavesOf);
    default:
      return [source];
  }
}

/** The same source made of others. */
export function mapLeaves(source: Source, map: (leaf: Source) => Source): Source {
  switch (source.kind) {
    case "collected":
    case "field":
    case "selected":
      return { ...source, of: mapLeaves(source.of, map) };
    case "one-of":
      return { ...source, of: source.of.map((each) => mapLeaves(each, map)) };
    case "template":
      return {
        ...source,
        names: Object.fromEntries(Object.entries(source.names).map(([name, each]) => [name, mapLeaves(each, map)])),
      };
    default:
      return map(source);
  }
}
