import { compile } from "../../../specs/compile.ts";
import type { CompiledSpec, CompileOptions } from "../../../specs/emit/index.ts";
import { type Target, withAuthor } from "./author-module.ts";

/** Compiles what an author exports. */
export function compileTarget(target: Target, options: CompileOptions = {}): Promise<CompiledSpec> {
  return withAuthor(target.file, () => compile(target.authored, options));
}
