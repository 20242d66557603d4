import { join } from "node:path";
import type { BucketsNamespace } from "./namespace.ts";

/**
 * How a process sees the buckets. On Vertex `gs://BUCKET/OBJECT` is mounted as `/gcs/BUCKET/OBJECT`
 * (https://cloud.google.com/vertex-ai/docs/training/cloud-storage-file-system); here the buckets are plain folders.
 */
export interface Mount {
  /** Folder with one folder a bucket. */
  readonly root: string;
  /** The file or folder on this machine that holds a `gs://` or `/gcs/` path; undefined for anything else. */
  localPath(uri: string): string | undefined;
  /** A text that a container gets (argument, variable), with its `/gcs/` paths as they are for a process here. */
  rewrite(text: string): string;
  /** Variables that every process gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Begins the command line of every process. */
  readonly enter: readonly string[];
}

/** `gs://BUCKET/OBJECT` as a container on Vertex reads it; anything else as it is. */
export function containerPath(uri: string): string {
  return uri.startsWith("gs://") ? `/gcs/${uri.slice("gs://".length)}` : uri;
}

/** As Vertex does it: each process has a `/gcs`. */
export function realMount(storageRoot: string, { enter }: Pick<BucketsNamespace, "enter">): Mount {
  return {
    root: storageRoot,
    localPath: (uri) => localPath(storageRoot, uri),
    rewrite: (text) => text,
    environment: { RETEMPER_GCS_ROOT: "/gcs" },
    enter,
  };
}

/** Where a process can't be given a `/gcs`: such paths are replaced in the text itself. */
export function rewritingMount(storageRoot: string): Mount {
  return {
    root: storageRoot,
    localPath: (uri) => localPath(storageRoot, uri),
    // Only where a path begins: `/data/gcs/x` stays.
    rewrite: (text) => text.replace(/(?<![\w.\-/])\/gcs\/(?=[a-z0-9])/g, () => `${storageRoot}/`),
    environment: { RETEMPER_GCS_ROOT: storageRoot },
    enter: [],
  };
}

function localPath(storageRoot: string, uri: string): string | undefined {
  const path = containerPath(uri);
  if (!path.startsWith("/gcs/")) return undefined;
  const parts = path.slice("/gcs/".length).split("/");
  return parts.includes("..") ? undefined : join(storageRoot, ...parts);
}
