import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Clients, createClients } from "../../../activities/clients/clients.ts";
import { parseRecipe, readRecipe } from "../../../activities/resolve/read-recipe.ts";
import type { Recipe } from "../../../pipelines/retrain/recipe.ts";
import type { DecisionRecord } from "../../../pipelines/retrain/run.ts";
import type { Configuration } from "../../config/read-configuration.ts";

/** What the trainer is asked about. */
export interface Material {
  readonly recipe: Recipe;
  /** Folder of config.json and, where there is one, tokenizer.json. */
  readonly baseModel: string;
  /** Folder of prepared data; null where no run has prepared any yet. */
  readonly data: string | null;
}

interface Options {
  readonly baseModel: string | undefined;
  readonly data: string | undefined;
  readonly scratch: string;
}

/** No weights are needed. */
const modelFiles = ["config.json", "tokenizer.json"] as const;

/** From folders where they are named; else from the configuration's Hub, and from the last decision of the recipe. */
export async function findMaterial(configuration: Configuration, named: string, options: Options): Promise<Material> {
  const isFile = /\.ya?ml$/.test(named);
  const file = resolve(process.env["INIT_CWD"] ?? ".", named);
  if (isFile && options.baseModel !== undefined) {
    const recipe = parseRecipe(await readFile(file, "utf8"), file);
    return { recipe, baseModel: options.baseModel, data: options.data ?? null };
  }
  const clients = createClients(await configuration.environment(), configuration.readVariable);
  try {
    const recipe = isFile
      ? parseRecipe(await readFile(file, "utf8"), file)
      : await readRecipe(clients.environment.recipes, named);
    const [baseModel, data] = await Promise.all([
      options.baseModel ?? bringModel(clients, recipe, join(options.scratch, "model")),
      options.data ?? bringData(clients, recipe, join(configuration.cache, "preflight-data")),
    ]);
    return { recipe, baseModel, data };
  } finally {
    await clients.close();
  }
}

async function bringModel({ hub }: Clients, recipe: Recipe, folder: string): Promise<string> {
  const repo = await hub.pin("model", recipe.model.base, recipe.model.revision);
  const there = new Set((await hub.files(repo)).map(({ path }) => path));
  await mkdir(folder, { recursive: true });
  await Promise.all(
    modelFiles
      .filter((name) => name === "config.json" || there.has(name))
      .map(async (name) => writeFile(join(folder, name), (await hub.open(repo, name)).stream())),
  );
  return folder;
}

/** What the recipe's last run prepared; kept here, since its address is its content's. Null before the first run. */
async function bringData({ storage, environment }: Clients, recipe: Recipe, cache: string): Promise<string | null> {
  let last: DecisionRecord | null = null;
  for (const { uri } of await storage.list(`gs://${environment.bucket}/decisions/${recipe.name}`)) {
    const record = JSON.parse(await storage.readExisting(uri)) as DecisionRecord;
    if (record.dataUri !== undefined && record.decidedAt > (last?.decidedAt ?? "")) last = record;
  }
  const source = last?.dataUri;
  if (source === undefined) return null;
  const folder = join(cache, createHash("sha256").update(source).digest("hex"));
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  for (const { uri } of await storage.list(source)) {
    const path = uri.slice(source.length).replace(/^\/+/, "");
    if (path !== "manifest.json" && !path.startsWith("train/")) continue;
    await mkdir(dirname(join(partial, path)), { recursive: true });
    await storage.download(uri, join(partial, path));
  }
  await rename(partial, folder);
  return folder;
}
