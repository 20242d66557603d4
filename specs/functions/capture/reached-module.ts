import type { Import, SourceModule, Unit } from "./source-module.ts";
import type { Target } from "./target.ts";

/** What of a module goes along. */
export interface ReachedModule {
  readonly source: SourceModule;
  readonly targets: ReadonlyMap<string, Target>;
  /** Whether pipelines are written in it: then only what is named goes along. */
  readonly authoring: boolean;
  readonly units: Set<Unit>;
  readonly imports: Set<Import>;
  /** Statements `export …`, by the name that they give. */
  readonly exports: Map<string, string>;
}

/** The name under which the author's module gives the function. */
export const functionName = "retemper_function";

/** The module's text without what stays behind. */
export function writeModule({ units, imports, exports }: ReachedModule, body?: string): string {
  const parts = [
    ...[...imports].sort(byStart).map(writeImport),
    ...[...units].sort(byStart).map(({ text }) => text),
    ...(body === undefined ? [] : [`export const ${functionName} = ${body};`]),
    ...[...exports.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text),
  ];
  return parts.length === 0 ? "export {};\n" : `${parts.join("\n")}\n`;
}

function writeImport({ local, imported, specifier, attributes }: Import): string {
  const from = `${JSON.stringify(specifier)}${attributes};`;
  if (imported === "") return `import ${from}`;
  if (imported === "*") return `import * as ${local} from ${from}`;
  return `import { ${quoted(imported)} as ${local} } from ${from}`;
}

/** An exported name can be any text. */
export function quoted(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name) ? name : JSON.stringify(name);
}

function byStart(a: { readonly start: number }, b: { readonly start: number }): number {
  return a.start - b.start;
}
