import type { Manifest } from "../../trainer/contract/generated/contract.ts";
import { validateManifest } from "../../trainer/contract/generated/validate.js";
import { UserError } from "../errors.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { joinUri } from "../storage/object-uri.ts";

/** The manifest of prepared data; null when the data is not there, or not all of it yet. Throws `InvalidData`. */
export async function readManifest(storage: ObjectStore, dataUri: string): Promise<Manifest | null> {
  const uri = joinUri(dataUri, "manifest.json");
  const text = await storage.readText(uri);
  if (text === null) return null;
  const manifest: unknown = JSON.parse(text);
  if (validateManifest(manifest)) return manifest;
  const problems = (validateManifest.errors ?? []).map((error) => ({
    path: error.instancePath,
    message: error.message ?? error.keyword,
  }));
  throw new UserError("InvalidData", `${uri} is no manifest of prepared data`, problems);
}
