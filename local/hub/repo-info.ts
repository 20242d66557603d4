import type { BlobStore } from "./blob-store.ts";
import { blobOf } from "./blob-store.ts";
import { parseCard } from "./card.ts";
import { type Commit, namespaceOf, type Repo } from "./repo.ts";
import { listedFile } from "./tree-listing.ts";

/** A repo at a commit, as the Hub describes it. `withBlobs` adds sizes and hashes to the list of files. */
export async function repoInfo(
  blobs: BlobStore,
  repo: Repo,
  commit: Commit | undefined,
  withBlobs: boolean,
): Promise<Record<string, unknown>> {
  const card = commit === undefined ? {} : await readCard(blobs, commit);
  const { name } = repo;
  return {
    _id: Buffer.from(`${repo.kind}/${name}`).toString("hex").slice(-24).padStart(24, "0"),
    id: name,
    ...(repo.kind === "model" && { modelId: name }),
    author: namespaceOf(repo),
    ...(commit !== undefined && { sha: commit.oid }),
    lastModified: new Date(commit?.date ?? repo.created).toISOString(),
    createdAt: new Date(repo.created).toISOString(),
    private: repo.private,
    gated: repo.gated,
    disabled: false,
    downloads: 0,
    likes: 0,
    tags: tagsOf(card),
    cardData: card,
    ...(typeof card["pipeline_tag"] === "string" && { pipeline_tag: card["pipeline_tag"] }),
    ...(typeof card["library_name"] === "string" && { library_name: card["library_name"] }),
    ...(repo.sdk !== null && { sdk: repo.sdk }),
    siblings: (commit?.entries ?? []).map((entry) => {
      const { oid, size, lfs } = listedFile(entry);
      const details = {
        size,
        blobId: oid,
        ...(entry.lfs !== null && { lfs: { ...(lfs as object), sha256: entry.lfs } }),
      };
      return { rfilename: entry.path, ...(withBlobs && details) };
    }),
  };
}

/** The YAML at the head of README.md; empty when there is none, or none that can be read. */
async function readCard(blobs: BlobStore, commit: Commit): Promise<Readonly<Record<string, unknown>>> {
  const entry = commit.entries.find(({ path }) => path === "README.md");
  if (entry === undefined || !(await blobs.has(blobOf(entry)))) return {};
  const handle = await blobs.read(blobOf(entry));
  try {
    return parseCard(await handle.readFile("utf8"));
  } catch {
    return {};
  } finally {
    await handle.close();
  }
}

function tagsOf(card: Readonly<Record<string, unknown>>): string[] {
  const { tags, license, library_name: library, pipeline_tag: task } = card;
  return [
    ...(Array.isArray(tags) ? tags.map(String) : []),
    ...[library, task].filter((tag) => typeof tag === "string"),
    ...(typeof license === "string" ? [`license:${license}`] : []),
  ];
}
