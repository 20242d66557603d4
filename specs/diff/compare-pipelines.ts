import { type Definition, type Definitions, type Flow, printSource, printValue } from "../graph/flow/index.ts";
import { canonicalJson } from "../ir/canonical-json.ts";
import type { Aspect, Change, Subject } from "./diff.ts";
import { type Pair, sameSource } from "./pair.ts";

/** What has changed about the pipeline itself: its names, its inputs and its outputs. */
export function comparePipelines(pair: Pair): readonly Change[] {
  const { before, after } = pair;
  const subject: Subject = { kind: "pipeline", path: "", title: after.name, within: null };
  return [
    ...compareText(subject, "name", before.name, after.name),
    ...compareText(subject, "display name", before.displayName, after.displayName),
    ...compareText(subject, "description", before.description, after.description),
    ...compareDefinitions(subject, "input", before.inputs, after.inputs),
    ...compareOutputs(subject, pair, before, after),
  ];
}

export function compareText(
  subject: Subject,
  aspect: Aspect,
  before: string | null,
  after: string | null,
  name: string | null = null,
): readonly Change[] {
  return before === after ? [] : [{ kind: "changed", subject, aspect, name, before, after }];
}

/** Inputs or outputs, as they are declared. */
export function compareDefinitions(
  subject: Subject,
  aspect: "input" | "output",
  before: Definitions,
  after: Definitions,
): readonly Change[] {
  return keysOf(before, after).flatMap((name) => {
    const [one, other] = [before[name], after[name]];
    if (one === undefined || other === undefined) {
      const [was, is] = [one && declared(one), other && declared(other)];
      return [{ kind: "changed", subject, aspect, name, before: was ?? null, after: is ?? null }] as const;
    }
    return [
      ...compareText(subject, `${aspect} type`, typeOf(one), typeOf(other), name),
      ...(canonicalJson(one.default) === canonicalJson(other.default)
        ? []
        : compareText(subject, "default", defaultOf(one), defaultOf(other), name)),
      ...compareText(subject, "description", one.description, other.description, name),
    ];
  });
}

function compareOutputs(subject: Subject, pair: Pair, before: Flow, after: Flow): readonly Change[] {
  return keysOf(before.outputs, after.outputs).flatMap((name) => {
    const [one, other] = [before.outputs[name], after.outputs[name]];
    const types = [before.outputTypes[name] ?? null, after.outputTypes[name] ?? null] as const;
    if (sameSource(pair, one, other)) return compareText(subject, "output type", ...types, name);
    const [was, is] = [one && printSource(one, before), other && printSource(other, after)];
    return [{ kind: "changed", subject, aspect: "output", name, before: was ?? null, after: is ?? null }] as const;
  });
}

export function keysOf(...records: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))];
}

function declared(definition: Definition): string {
  const value = defaultOf(definition);
  return value === null ? typeOf(definition) : `${definition.type} = ${value}`;
}

function typeOf({ type, optional, default: value }: Definition): string {
  return optional && value === undefined ? `${type}, optional` : type;
}

function defaultOf({ default: value }: Definition): string | null {
  return value === undefined ? null : printValue(value, 400);
}
