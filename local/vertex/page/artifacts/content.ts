import { open, readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { ArtifactRecord } from "../../pipeline-jobs/records.ts";
import type { Mount } from "../../processes/mount.ts";

/** What has an address with content: an artifact, or the output of a job. */
export type Viewable = Pick<ArtifactRecord, "name" | "displayName" | "uri" | "schemaTitle">;

/** What lies at its address. */
export type Content =
  /** Nothing on this machine: it is elsewhere, or gone. */
  | { readonly kind: "absent" }
  | { readonly kind: "folder"; readonly entries: readonly FolderEntry[]; readonly more: boolean }
  | { readonly kind: "file"; readonly file: string; readonly size: number; readonly form: Form };

export interface FolderEntry {
  readonly name: string;
  /** Null for a folder. */
  readonly size: number | null;
}

export type Form = "html" | "markdown" | "json" | "table" | "image" | "text" | "binary";

const mostEntries = 200;

/** @param within a path below the artifact's own; `""` for the artifact itself */
export async function findContent(mount: Mount, artifact: Viewable, within: string): Promise<Content> {
  const uri = within === "" ? artifact.uri : `${artifact.uri.replace(/\/+$/, "")}/${within}`;
  const path = mount.localPath(uri);
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || found === undefined) return { kind: "absent" };
  if (found.isFile()) return { kind: "file", file: path, size: found.size, form: await formOf(path, artifact) };
  const names = (await readdir(path)).sort();
  const entries = await Promise.all(
    names.slice(0, mostEntries).map(async (name) => {
      const entry = await stat(join(path, name)).catch(() => undefined);
      return { name, size: entry === undefined || entry.isDirectory() ? null : entry.size };
    }),
  );
  return { kind: "folder", entries, more: names.length > mostEntries };
}

export const imageTypes: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
};

/** By the artifact's type, the file's name, or what is in it. */
async function formOf(path: string, { schemaTitle }: Viewable): Promise<Form> {
  const extension = extname(path).toLowerCase();
  if (schemaTitle === "system.HTML" || [".html", ".htm"].includes(extension)) return "html";
  if (schemaTitle === "system.Markdown" || extension === ".md") return "markdown";
  if (imageTypes[extension] !== undefined) return "image";
  const head = await readHead(path, 4096);
  if (isTable(extension, head)) return "table";
  if (head.includes(0)) return "binary";
  return extension === ".json" || /^\s*[[{]/.test(head.toString("utf8")) ? "json" : "text";
}

/** Lines of values with commas or tabs between them, or of JSON. */
function isTable(extension: string, head: Buffer): boolean {
  if ([".csv", ".tsv", ".jsonl", ".ndjson"].includes(extension)) return true;
  const [first = "", second = ""] = head.toString("utf8").split("\n", 2);
  return /^\{.*\}$/.test(first) && second.startsWith("{");
}

/** The first bytes of a file. */
export async function readHead(path: string, most: number): Promise<Buffer> {
  const handle = await open(path);
  try {
    const buffer = Buffer.alloc(most);
    const { bytesRead } = await handle.read(buffer, 0, most, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
