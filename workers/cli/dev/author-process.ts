/**
 * Compiles an author's module in a process of its own: what it holds in memory, or breaks, is gone with it. It is started
 * before it is needed, so that when it is, the language is loaded already.
 */
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import type { CompiledSpec } from "../../../specs/emit/index.ts";
import { loadTarget } from "../specs/author-module.ts";
import { checkSpec, type Problem } from "../specs/check-spec.ts";
import { compileTarget } from "../specs/compile-target.ts";

/** What came of it. */
export type Compilation = {
  /** Of the author's: what to watch. */
  readonly files: readonly string[];
} & (
  | { readonly kind: "compiled"; readonly spec: CompiledSpec["spec"]; readonly problems: readonly Problem[] }
  /** In the author's words, ready to be printed. */
  | { readonly kind: "mistake"; readonly code: string; readonly message: string }
);

const ours = new URL("../../../", import.meta.url).href;
const rooms = ["specs", "workers"].map((room) => `${ours}${room}/`);

const files = new Set<string>();
registerHooks({
  load(url, context, next) {
    const theirs = url.startsWith("file:") && !url.includes("/node_modules/");
    if (theirs && !rooms.some((room) => url.startsWith(room))) files.add(fileURLToPath(url));
    return next(url, context);
  },
});

async function work(reference: string): Promise<Compilation> {
  try {
    const { spec } = await compileTarget(await loadTarget(reference));
    const problems = (await checkSpec({ spec, platform: undefined })) satisfies readonly Problem[];
    return { kind: "compiled", spec, problems, files: [...files] };
  } catch (error) {
    const known = error instanceof Error && "code" in error && typeof error.code === "string";
    if (!known) throw error;
    return { kind: "mistake", code: String(error.code), message: error.message, files: [...files] };
  }
}

process.once("message", async (reference) => {
  const compilation = await work(String(reference));
  process.send?.(compilation, () => process.exit(0));
});
process.once("disconnect", () => process.exit(0));
