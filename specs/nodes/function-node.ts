import type { DefinitionNodes } from "./definitions.ts";

/** A component that is a TypeScript function. */
export interface FunctionNode {
  readonly kind: "function";
  readonly name: string;
  readonly description?: string;
  readonly inputs: DefinitionNodes;
  readonly outputs: DefinitionNodes;
  readonly source: FunctionSource;
  /** Node's image. */
  readonly image: string;
  /** npm packages that are installed before it starts, with their exact versions. */
  readonly packages: Readonly<Record<string, string>>;
  /** The self-contained program; bundling puts it there, and only then can the component be compiled. */
  readonly bundle?: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Where the author wrote the function. */
export interface FunctionSource {
  /** As JavaScript has it at run time. */
  readonly text: string;
  /** Null where the author's file is not known. */
  readonly file: string | null;
  /** Of the call that made the component; from 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}
