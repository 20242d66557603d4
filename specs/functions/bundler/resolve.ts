import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { extname, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { packageOf, type Target } from "../capture/index.ts";

/** The folder of the language: what is in it is there only while pipelines are written. */
const language = realpathSync(fileURLToPath(new URL("../../", import.meta.url)));

export function isLanguage(file: string): boolean {
  return file.startsWith(language) || file.includes(`${sep}node_modules${sep}retemper${sep}`);
}

/** Whether the machine that runs the task has it. */
export function isExternal(specifier: string, packages: Readonly<Record<string, string>>): boolean {
  return isBuiltin(specifier) || Object.hasOwn(packages, packageOf(specifier) ?? "");
}

/** What an import leads to, given the file that it was found to name. */
export async function targetOf(specifier: string, file: string | null): Promise<Target> {
  if (packageOf(specifier) === "retemper") return { kind: "language" };
  if (file === null) return { kind: "missing" };
  if (isLanguage(file)) return { kind: "language" };
  return (await isOwn(file)) ? { kind: "module", file } : { kind: "whole" };
}

/** Whether it is a module that the author writes, rather than a package's or data. */
async function isOwn(file: string): Promise<boolean> {
  if (file.includes(`${sep}node_modules${sep}`)) return false;
  const extension = extname(file);
  if (/^\.(m?ts|tsx|mjs)$/.test(extension)) return true;
  // Without a word of its package, such a file is an ES module if it imports or exports.
  return /^\.jsx?$/.test(extension) && /^\s*(import|export)\b/m.test(await readFile(file, "utf8"));
}
