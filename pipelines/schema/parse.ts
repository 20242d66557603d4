import { type Problem, type SchemaError, toProblems } from "./problems.ts";

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: Problem[] };

export interface CompiledValidator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/** Runs a compiled validator on a copy of the value: defaults filled in, every problem listed. */
export function parseWith<Value>(validate: CompiledValidator, value: unknown): Parsed<Value> {
  const copy: unknown = structuredClone(value ?? null);
  if (validate(copy)) return { ok: true, value: copy as Value };
  return { ok: false, problems: toProblems(validate.errors ?? []) };
}
