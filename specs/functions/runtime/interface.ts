import type { ParameterKind } from "../../nodes/index.ts";

/** What a function takes and gives, as far as its program must know. */
export interface FunctionInterface {
  readonly name: string;
  readonly inputs: Readonly<Record<string, InputKind>>;
  readonly outputs: Readonly<Record<string, OutputKind>>;
}

export type InputKind = ParameterKind | "artifact" | "artifacts";
export type OutputKind = ParameterKind | "artifact";
