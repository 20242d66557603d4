/** What an import leads to. */
export type Target =
  /** A module of the author's own, which is looked into. */
  | { readonly kind: "module"; readonly file: string }
  /** A module that goes along as it is: of a package, or data. */
  | { readonly kind: "whole" }
  /** What the machine has: a module of Node, or a package that is installed there. */
  | { readonly kind: "external" }
  /** Retemper itself, which is there only while pipelines are written. */
  | { readonly kind: "language" }
  | { readonly kind: "missing" };

/** Finds what an import leads to, and reads modules. */
export interface Modules {
  resolve(specifier: string, importer: string): Promise<Target>;
  read(file: string): Promise<string>;
}

/** The package that an import names; null for a file. */
export function packageOf(specifier: string): string | null {
  if (/^[./#]|^[a-z][a-z+.-]+:/i.test(specifier)) return null;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
