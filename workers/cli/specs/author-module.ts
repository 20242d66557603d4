import { existsSync } from "node:fs";
import { extname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ComponentNode } from "../../../specs/nodes/index.ts";
import { CommandError } from "../user-error.ts";
import { AuthoringError } from "./mistake.ts";

/** Something that compiles. */
export interface Authored {
  readonly node: ComponentNode;
}

export interface Target {
  /** Of the export. */
  readonly name: string;
  readonly file: string;
  readonly authored: Authored;
}

const extensions = [".ts", ".mts", ".js", ".mjs"];

/** Whether a reference names an author's module: `pipelines.ts`, `pipelines.ts#train`. */
export function isModule(reference: string): boolean {
  return extensions.includes(extname(reference.split("#", 1)[0] ?? ""));
}

/**
 * Imports an author's module, and finds what is meant in it: the export that is named, or the only pipeline, or the only
 * component of a module without a pipeline.
 *
 * @param reference `file.ts` or `file.ts#export`
 */
export async function loadTarget(reference: string): Promise<Target> {
  const [path = "", wanted] = reference.split("#", 2);
  const file = resolve(process.env["INIT_CWD"] ?? ".", path);
  if (!existsSync(file)) throw new CommandError("NOT_FOUND", `There is no file ${file}.`);
  if (!isModule(file)) {
    throw new CommandError("NOT_A_MODULE", `${path} is no module: ${extensions.join(", ")} are.`);
  }
  const exports = await importModule(file);
  const all = Object.entries(exports).flatMap(([name, value]) => (isAuthored(value) ? [[name, value] as const] : []));
  const [name, authored] = wanted === undefined ? onlyOne(all, path) : named(all, wanted, path);
  return { name, file, authored };
}

/** Runs something of the author's; what it throws is told with the place in the author's file. */
export async function withAuthor<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw AuthoringError.from(error, (place) => !place.includes("/node_modules/") && isBeside(place, file));
  }
}

/** Ours is beside the author's only in this checkout, where `specs/` and `workers/` are no author's. */
function isBeside(place: string, file: string): boolean {
  if (place === file) return true;
  const ours = resolve(import.meta.dirname, "../../..");
  const [room = ""] = relative(ours, place).split("/");
  return !["specs", "workers"].includes(room);
}

function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  return withAuthor(file, () => import(pathToFileURL(file).href) as Promise<Readonly<Record<string, unknown>>>);
}

type Found = readonly [string, Authored];

function onlyOne(all: readonly Found[], path: string): Found {
  const pipelines = all.filter(([, { node }]) => node.kind === "pipeline");
  const candidates = pipelines.length > 0 ? pipelines : all;
  const [only, ...more] = candidates;
  if (only === undefined) {
    throw new CommandError("NO_PIPELINE", `${path} exports no pipeline: write \`export const … = pipeline(…)\`.`);
  }
  if (more.length > 0) {
    throw new CommandError(
      "WHICH_PIPELINE",
      `${path} exports ${candidates.length}. Which one?${list(candidates, path)}`,
    );
  }
  return only;
}

function named(all: readonly Found[], wanted: string, path: string): Found {
  const found = all.find(([name]) => name === wanted);
  if (found !== undefined) return found;
  const message = `${path} exports no pipeline or component ${wanted}.`;
  throw new CommandError("NO_SUCH_EXPORT", all.length === 0 ? message : `${message} There is:${list(all, path)}`);
}

function list(all: readonly Found[], path: string): string {
  return all.map(([name, { node }]) => `\n  ${path}#${name}  (${node.kind} ${node.name})`).join("");
}

const kinds: readonly string[] = ["pipeline", "container", "function", "loaded"] satisfies ComponentNode["kind"][];

function isAuthored(value: unknown): value is Authored {
  if ((typeof value !== "function" && typeof value !== "object") || value === null || !("node" in value)) return false;
  const { node } = value;
  return typeof node === "object" && node !== null && "kind" in node && kinds.includes(String(node.kind));
}
