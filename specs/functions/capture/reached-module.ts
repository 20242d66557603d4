import type { Import, SourceModule, Unit } from "./source-module.ts";
import type { Target } from "./target.ts";

/** What of a module goes along. */
export interface ReachedModule {
  readonly source: SourceModule;
  /** By what its imports name. */
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
    ...(body === undefined ? [] : [`export const ${functionName} = (${body});`]),
    ...[...exports].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text),
  ];
  return parts.length === 0 ? "export {};\n" : `${parts.join("\n")}\n`;
}

type From = Pick<Import, "imported" | "specifier" | "attributes">;

function writeImport({ local, imported, ...from }: Import): string {
  if (imported === "") return `import ${source(from)}`;
  const names = imported === "*" ? `* as ${local}` : `{ ${quoted(imported)} as ${local} }`;
  return `import ${names} from ${source(from)}`;
}

export function exportLocal(local: string, name: string): string {
  return `export { ${local} as ${quoted(name)} };`;
}

export function exportFrom({ imported, ...from }: From, name: string): string {
  const names = imported === "*" ? `* as ${quoted(name)}` : `{ ${quoted(imported)} as ${quoted(name)} }`;
  return `export ${names} from ${source(from)}`;
}

export function exportStar(from: From): string {
  return `export * from ${source(from)}`;
}

function source({ specifier, attributes }: Omit<From, "imported">): string {
  return `${JSON.stringify(specifier)}${attributes};`;
}

/** An exported name can be any text. */
function quoted(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name) ? name : JSON.stringify(name);
}

function byStart(a: { readonly start: number }, b: { readonly start: number }): number {
  return a.start - b.start;
}
