import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";

/**
 * What a container image is on this machine: a program's folders, instead of layers. Paths are absolute here; in the
 * file they are relative to the checkout, and `$NODE` stands for the folders of the Node that runs now and of npm. In a
 * value of `environment`, `$CHECKOUT` stands for the checkout's folder and `$CACHE` for that of large downloads.
 */
export interface LocalImage {
  /** Repository name without tag or digest, such as `us-central1-docker.pkg.dev/project/repository/trainer`. */
  readonly name: string;
  /** Folders put at the head of PATH, in this order. */
  readonly path: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What runs where a container has no command of its own; its arguments follow. */
  readonly entrypoint?: readonly string[];
  /** Glob patterns, relative to `root`, of the files that make up the program; one with a leading `!` takes files out. */
  readonly digestOf: readonly string[];
  /** The checkout. */
  readonly root: string;
}

/** Names one image: `NAME`, `NAME:TAG` or `NAME@sha256:…`. */
export interface ImageReference {
  readonly name: string;
  /** `latest` when the reference names neither tag nor digest. */
  readonly tag: string | null;
  readonly digest: string | null;
}

/** The file of images is not as it should be; `problems` lists everything at once. */
export class ImagesError extends Error {
  override readonly name = "ImagesError";
  readonly code = "INVALID_IMAGES";
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super(`${file} does not describe images:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** The checkout that this file stands in. */
export const checkout: string = resolve(import.meta.dirname, "..");

/** Of large downloads, and of what programs keep between runs. */
export const defaultCache: string = join(homedir(), ".cache", "retemper");

/** Reads a file like `local/images.json`. Throws {@link ImagesError}. */
export async function loadImages(
  file: string = resolve(import.meta.dirname, "images.json"),
  root: string = checkout,
  cache: string = defaultCache,
): Promise<readonly LocalImage[]> {
  const text = await readFile(file, "utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ImagesError(file, [`not JSON: ${String(error)}`]);
  }
  return parseImages(json, file, root, cache);
}

function parseImages(json: unknown, file: string, root: string, cache: string): readonly LocalImage[] {
  const problems: string[] = [];
  const entries = isRecord(json) && Array.isArray(json["images"]) ? (json["images"] as unknown[]) : undefined;
  if (entries === undefined) throw new ImagesError(file, ["images: should be an array"]);
  const images = entries.map((entry, index) => parseImage(entry, `images[${index}]`, { root, cache }, problems));
  const names = images.map((image) => image.name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    problems.push(`images: two entries are named ${name}`);
  }
  if (problems.length > 0) throw new ImagesError(file, problems);
  return images;
}

const fields = ["name", "path", "workingDirectory", "environment", "entrypoint", "digestOf"];

function parseImage(
  entry: unknown,
  at: string,
  { root, cache }: { readonly root: string; readonly cache: string },
  problems: string[],
): LocalImage {
  const record = isRecord(entry) ? entry : {};
  if (record !== entry) problems.push(`${at}: should be an object`);
  for (const key of Object.keys(record)) {
    if (!fields.includes(key)) problems.push(`${at}.${key}: unknown; known are ${fields.join(", ")}`);
  }
  const { name = "", path, workingDirectory = ".", environment = {}, entrypoint, digestOf } = record;
  if (typeof name !== "string" || !/^[a-z0-9][a-z0-9._/:-]*$/.test(name) || /:[^/]*$/.test(name)) {
    problems.push(`${at}.name: should be a repository name without tag`);
  }
  if (!isStrings(path)) problems.push(`${at}.path: should be an array of folders`);
  if (typeof workingDirectory !== "string") problems.push(`${at}.workingDirectory: should be a folder`);
  if (!isRecord(environment) || !isStrings(Object.values(environment))) {
    problems.push(`${at}.environment: should map names to strings`);
  }
  if (entrypoint !== undefined && !isStrings(entrypoint)) {
    problems.push(`${at}.entrypoint: should be an array of words`);
  }
  if (!isStrings(digestOf) || digestOf.length === 0 || digestOf.some((pattern) => isAbsolute(pattern))) {
    problems.push(`${at}.digestOf: should be an array of glob patterns, relative to the checkout`);
  }
  return {
    name: String(name),
    path: (isStrings(path) ? path : []).flatMap((folder) =>
      folder === "$NODE" ? nodeFolders() : [resolve(root, folder)],
    ),
    workingDirectory: resolve(root, String(workingDirectory)),
    environment: Object.fromEntries(
      Object.entries(isRecord(environment) ? environment : {}).map(([key, value]) => [
        key,
        String(value).replaceAll("$CHECKOUT", root).replaceAll("$CACHE", cache),
      ]),
    ),
    ...(isStrings(entrypoint) && { entrypoint }),
    digestOf: isStrings(digestOf) ? digestOf : [],
    root,
  };
}

/** A Node that the set-up brought has no npm beside it. */
function nodeFolders(): readonly string[] {
  const onPath = (process.env["PATH"] ?? "").split(delimiter);
  const own = dirname(process.execPath);
  const npm = [own, ...onPath].find((folder) => existsSync(join(folder, "npm")));
  return npm === undefined || npm === own ? [own] : [own, npm];
}

/** `HOST:PORT/NAME:TAG` too: a colon before the last slash belongs to the host. */
export function parseImageReference(reference: string): ImageReference {
  const [rest = "", digest = null] = reference.split("@", 2);
  const colon = rest.lastIndexOf(":");
  if (colon > rest.lastIndexOf("/")) return { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
  return { name: rest, tag: digest === null ? "latest" : null, digest };
}

/** The image that a reference names, whatever its tag or digest; undefined when there is none. */
export function findImage(images: readonly LocalImage[], reference: string): LocalImage | undefined {
  const { name } = parseImageReference(reference);
  return images.find((image) => image.name === name);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
