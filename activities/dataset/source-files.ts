import { createWriteStream } from "node:fs";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { DataPin, PinnedFile } from "../../pipelines/retrain/run.ts";
import type { Clients } from "../clients/clients.ts";
import type { PinnedRepo } from "../hub/hub.ts";
import { cancellation } from "../progress.ts";

/** A file of the data, here on disk, and where it came from. */
export interface SourceFile {
  readonly path: string;
  readonly uri: string;
  /** Commit SHA, or sha256 of the file. */
  readonly revision: string;
}

/** Streams the pinned files into `folder`. Throws `NotFound` when a pin has vanished. */
export async function fetchSources(
  clients: Clients,
  pin: DataPin,
  folder: string,
): Promise<{ train: SourceFile; test: SourceFile | null }> {
  if (pin.source === "file") {
    return {
      train: await fetchObject(clients, pin.train, join(folder, "train")),
      test: pin.test === null ? null : await fetchObject(clients, pin.test, join(folder, "test")),
    };
  }
  const repo: PinnedRepo = { type: "dataset", name: pin.dataset, revision: pin.revision, gated: false };
  return {
    train: await fetchHubFile(clients, repo, pin.train, join(folder, "train")),
    test: pin.test === null ? null : await fetchHubFile(clients, repo, pin.test, join(folder, "test")),
  };
}

/** The file's own name is kept, because its ending says its format. */
async function fetchObject({ storage }: Clients, file: PinnedFile, prefix: string): Promise<SourceFile> {
  const path = `${prefix}-${basename(file.uri)}`;
  await storage.download(file.uri, path, cancellation());
  return { path, uri: file.uri, revision: file.sha256 };
}

async function fetchHubFile({ hub }: Clients, repo: PinnedRepo, name: string, prefix: string): Promise<SourceFile> {
  const path = `${prefix}-${basename(name)}`;
  const blob = await hub.open(repo, name);
  await pipeline(Readable.fromWeb(blob.stream() as ReadableStream), createWriteStream(path), {
    signal: cancellation(),
  });
  return { path, uri: `hf://datasets/${repo.name}/${name}`, revision: repo.revision };
}
