import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { DataPin, PinnedFile } from "../../pipelines/retrain/run.ts";
import type { Clients } from "../clients/clients.ts";
import { UserError } from "../errors.ts";
import { cancellation } from "../progress.ts";

/** Hub data by commit; a local file by its hash, copied to Cloud Storage. Throws `NotFound`, `Gated`. */
export async function pinData(clients: Clients, data: Recipe["data"]): Promise<DataPin> {
  if (data.source === "file") {
    return {
      source: "file",
      train: await pinFile(clients, data.train, "data.train"),
      test: data.test === undefined ? null : await pinFile(clients, data.test, "data.test"),
    };
  }
  const repo = await clients.hub.pin("dataset", data.dataset, data.revision);
  await clients.hub.requireFile(repo, data.train);
  if (data.test !== undefined) await clients.hub.requireFile(repo, data.test);
  return { source: "hub", dataset: repo.name, revision: repo.revision, train: data.train, test: data.test ?? null };
}

async function pinFile({ environment, storage }: Clients, name: string, path: string): Promise<PinnedFile> {
  const file = resolve(environment.recipes, name);
  const bytes = await sizeOf(file, path);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash, { signal: cancellation() });
  const sha256 = hash.digest("hex");
  const uri = `gs://${environment.bucket}/uploads/${sha256}/${basename(file)}`;
  const there = await storage.stat(uri);
  if (there?.bytes !== bytes) await storage.upload(file, uri, bytes, { signal: cancellation() });
  return { uri, sha256 };
}

async function sizeOf(file: string, path: string): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found.size;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  throw new UserError("NotFound", `there is no file ${file}`, [
    { path, message: `names no file (looked for ${file})` },
  ]);
}
