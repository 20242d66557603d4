import { join } from "node:path";
import type { HubServer } from "../hub/index.ts";
import type { RepoId } from "../hub/repo.ts";
import { addFile, seedRepo } from "./seed-repo.ts";

export const seedDatasetId: RepoId = { kind: "dataset", name: "retemper/debian-sections" };

const files = join(import.meta.dirname, "debian-sections");
const trainPath = "data/train.parquet";

/** The data set's first revision: 1,000 rows to train on. */
export async function seedDataset(hub: HubServer): Promise<void> {
  await seedRepo(hub, seedDatasetId, async () => ({
    title: "Debian 12.15: 1,000 rows to train on",
    message: "",
    date: Date.UTC(2026, 0, 15),
    operations: [
      await addFile(hub, "README.md", join(files, "README.md")),
      await addFile(hub, trainPath, join(files, "train-first.parquet")),
      await addFile(hub, "data/test.parquet", join(files, "test.parquet")),
    ],
  }));
}

export interface Growth {
  /** Of `main`, now. */
  readonly commit: string;
  /** False when the second revision was there already. */
  readonly grew: boolean;
}

/** The data set's second revision arrives: all of Debian 13.8. Throws what a Hub without the data set throws. */
export async function growDataset(hub: HubServer): Promise<Growth> {
  const operation = await addFile(hub, trainPath, join(files, "train.parquet"));
  const head = hub.repositories.get(seedDatasetId, "main");
  const current = head.entries.find(({ path }) => path === trainPath);
  if (operation.type === "lfsFile" && current?.lfs === operation.sha256) return { commit: head.oid, grew: false };
  const grown = hub.repositories.commit(seedDatasetId, "main", {
    title: "Debian 13.8: all rows",
    message: "",
    author: "retemper",
    operations: [operation],
    parent: head.oid,
    date: Date.UTC(2026, 1, 15),
  });
  return { commit: grown.oid, grew: true };
}
