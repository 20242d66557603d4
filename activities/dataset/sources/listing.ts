import type { PinnedFiles } from "../../../pipelines/retrain/run.ts";
import type { Clients } from "../../clients/clients.ts";
import { canonicalJson, sha256 } from "../../digest.ts";

/** An object of Cloud Storage, as it was when it was listed. */
export interface ListedObject {
  readonly uri: string;
  readonly bytes: number;
  /** `sha256:…` in hex, or `crc32c:…` in base64. */
  readonly checksum: string;
}

type ListingClients = Pick<Clients, "storage" | "environment">;

/** Keeps a list in the bucket, under its hash: a workflow carries its address alone. */
export async function storeListing(clients: ListingClients, objects: readonly ListedObject[]): Promise<PinnedFiles> {
  const sorted = objects.toSorted((left, right) => (left.uri < right.uri ? -1 : 1));
  const text = canonicalJson(sorted);
  const listing = `gs://${clients.environment.bucket}/listings/${sha256(text)}.json`;
  await clients.storage.writeText(listing, text, { contentType: "application/json", ifGenerationMatch: 0 });
  const [first] = sorted;
  return {
    listing,
    files: sorted.length,
    bytes: sorted.reduce((sum, { bytes }) => sum + bytes, 0),
    name: first?.uri.slice(first.uri.lastIndexOf("/") + 1) ?? "nothing",
  };
}

/** Throws `NotFound` when it has vanished. */
export async function readListing({ storage }: ListingClients, { listing }: PinnedFiles): Promise<ListedObject[]> {
  return JSON.parse(await storage.readExisting(listing));
}
