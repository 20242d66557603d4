import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import type { DataSource, Recipe } from "../../../pipelines/retrain/recipe.ts";
import type { DataPin, PinnedFiles, SourcePin } from "../../../pipelines/retrain/run.ts";
import type { Clients } from "../../clients/clients.ts";
import { UserError } from "../../errors.ts";
import { cancellation } from "../../progress.ts";
import { everyOne, named } from "../../resolve/every-one.ts";
import { parseObjectUri } from "../../storage/object-uri.ts";
import { pinTable } from "./bigquery-pin.ts";
import { type ListedObject, storeListing } from "./listing.ts";
import { folderOf, isData, isPattern, listed, matching } from "./patterns.ts";

/** Hub data by commit; objects by their checksums; local files by their hashes, copied to Cloud Storage. Throws `NotFound`, `Gated`. */
export async function pinData(clients: Clients, data: Recipe["data"]): Promise<DataPin> {
  if (data.source !== "mix") return pinSource(clients, data, "data");
  checkNames(data.sources.map(({ name }) => name));
  const pins = await everyOne(
    ...data.sources.map((source, index) =>
      named(`data.sources[${index}]`, pinSource(clients, source, `data.sources[${index}]`)),
    ),
  );
  return {
    source: "mix",
    sources: data.sources.map(({ name, weight }, index) => ({ name, weight, pin: pins[index] as SourcePin })),
  };
}

function checkNames(names: readonly string[]): void {
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length === 0) return;
  throw new UserError("InvalidRecipe", "the sources of the mix need names of their own", [
    { path: "data.sources", message: `has ${twice.join(", ")} more than once` },
  ]);
}

export async function pinSource(clients: Clients, source: DataSource, path: string): Promise<SourcePin> {
  switch (source.source) {
    case "hub":
      return pinHub(clients, source);
    case "file":
    case "storage": {
      const pin = source.source === "file" ? pinLocalFiles : pinObjects;
      return {
        source: source.source,
        train: await pin(clients, listed(source.train), `${path}.train`),
        test: source.test === undefined ? null : await pin(clients, listed(source.test), `${path}.test`),
      };
    }
    case "bigquery": {
      const project = source.project ?? clients.environment.project;
      const { location } = source;
      const place = { project, location };
      return {
        source: "bigquery",
        ...place,
        train: await pinTable(clients, place, source.train, `${path}.train`),
        test: source.test === undefined ? null : await pinTable(clients, place, source.test, `${path}.test`),
      };
    }
  }
}

async function pinHub({ hub }: Clients, source: DataSource & { source: "hub" }): Promise<SourcePin> {
  const repo = await hub.pin("dataset", source.dataset, source.revision);
  const train = listed(source.train);
  const test = source.test === undefined ? null : listed(source.test);
  const patterns = [...train, ...(test ?? [])];
  for (const name of patterns.filter((one) => !isPattern(one) && !one.endsWith("/"))) await hub.requireFile(repo, name);
  const open = patterns.filter((one) => isPattern(one) || one.endsWith("/"));
  if (open.length > 0) {
    const names = (await hub.files(repo)).map(({ path }) => path);
    const [first = ""] = matching(open, names, `the dataset ${repo.name} at ${repo.revision}`);
    // Whether its files are ours to read shows only on a file.
    await hub.requireFile(repo, first);
  }
  return { source: "hub", dataset: repo.name, revision: repo.revision, train, test };
}

async function pinObjects(clients: Clients, patterns: readonly string[], path: string): Promise<PinnedFiles> {
  const wrong = patterns.filter((pattern) => !/^gs:\/\/[^/]+\/./.test(pattern));
  if (wrong.length > 0) {
    throw new UserError(
      "InvalidRecipe",
      "objects of Cloud Storage are named by their addresses",
      wrong.map((pattern) => ({ path, message: `${pattern} is no address (gs://BUCKET/NAME)` })),
    );
  }
  const objects: ListedObject[] = [];
  for (const pattern of patterns) {
    const found =
      isPattern(pattern) || pattern.endsWith("/")
        ? await clients.storage.list(folderOf(pattern))
        : [await clients.storage.stat(pattern)].filter((one) => one !== null);
    const names = matching(
      [parseObjectUri(pattern).name],
      found.map(({ uri }) => parseObjectUri(uri).name),
      `gs://${parseObjectUri(pattern).bucket}`,
    );
    for (const { uri, bytes, crc32c, generation } of found) {
      if (!names.includes(parseObjectUri(uri).name)) continue;
      objects.push({ uri, bytes, checksum: crc32c === null ? `generation:${generation}` : `crc32c:${crc32c}` });
    }
  }
  return storeListing(clients, [...new Map(objects.map((object) => [object.uri, object])).values()]);
}

async function pinLocalFiles(clients: Clients, patterns: readonly string[], path: string): Promise<PinnedFiles> {
  const files = new Set<string>();
  for (const pattern of patterns)
    for (const file of await localFiles(clients.environment.recipes, pattern, path)) files.add(file);
  const objects: ListedObject[] = [];
  for (const file of files) objects.push(await upload(clients, file));
  return storeListing(clients, objects);
}

async function localFiles(recipes: string, pattern: string, path: string): Promise<string[]> {
  const place = resolve(recipes, folderOf(pattern));
  const found = await stat(place).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (found?.isFile()) return [place];
  const names = found === null ? [] : await filesBelow(place);
  const rest = pattern.slice(folderOf(pattern).length);
  const wanted = isPattern(pattern) ? rest : null;
  const matched =
    wanted === null ? names.filter(isData) : names.length === 0 ? [] : safely(() => matching([wanted], names, place));
  if (matched.length > 0) return matched.map((name) => join(place, name));
  throw new UserError("NotFound", `there is no file ${resolve(recipes, pattern)}`, [
    { path, message: `names no file (looked for ${resolve(recipes, pattern)})` },
  ]);
}

function safely(find: () => string[]): string[] {
  try {
    return find();
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

async function upload({ environment, storage }: Clients, file: string): Promise<ListedObject> {
  const bytes = (await stat(file)).size;
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash, { signal: cancellation() });
  const sha256 = hash.digest("hex");
  const uri = `gs://${environment.bucket}/uploads/${sha256}/${basename(file)}`;
  const there = await storage.stat(uri);
  if (there?.bytes !== bytes) await storage.upload(file, uri, bytes, { signal: cancellation() });
  return { uri, bytes, checksum: `sha256:${sha256}` };
}

/** Commits of the evaluation sets that the recipe names, in its order. */
export async function pinEvaluationSets(
  { hub }: Pick<Clients, "hub">,
  { contamination }: Pick<Recipe, "contamination">,
): Promise<{ dataset: string; revision: string }[]> {
  const sets = contamination?.against ?? [];
  const names = ["test", ...sets.map(({ name }) => name)];
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0)
    throw new UserError("InvalidRecipe", "the evaluation sets need names of their own", [
      { path: "contamination.against", message: `has ${twice.join(", ")} more than once (test is the test split)` },
    ]);
  const pins = sets.map((set) => hub.pin("dataset", set.dataset, set.revision));
  return (await Promise.all(pins)).map(({ name, revision }) => ({ dataset: name, revision }));
}
