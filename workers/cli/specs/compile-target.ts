import { compile } from "../../../specs/compile.ts";
import type { CompiledSpec, CompileOptions } from "../../../specs/emit/index.ts";
import { bundle } from "../../../specs/functions/index.ts";
import { type Target, withAuthor } from "./author-module.ts";

/** Compiles what an author exports, its TypeScript functions too. */
export function compileTarget(target: Target, options: CompileOptions = {}): Promise<CompiledSpec> {
  return withAuthor(target.file, async () => compile(await bundle(target.authored), options));
}
