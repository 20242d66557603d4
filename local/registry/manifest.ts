import { createHash } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { join, matchesGlob, sep } from "node:path";
import type { LocalImage } from "../images.ts";

/** An OCI image manifest, as its exact bytes: the digest is their hash, as with every registry. */
export interface ImageManifest {
  readonly mediaType: string;
  readonly body: string;
  /** `sha256:…` */
  readonly digest: string;
}

/** Not one file matches the image's `digestOf`: a digest of nothing would never change. */
export class EmptyImageError extends Error {
  override readonly name = "EmptyImageError";
  readonly code = "EMPTY_IMAGE";
}

/**
 * The manifest of a local image, of which the program's files are the only layer. It changes exactly when a file or
 * a file's name does. https://github.com/opencontainers/image-spec/blob/main/manifest.md
 */
export async function imageManifest(image: LocalImage): Promise<ImageManifest> {
  const program = await hashProgram(image);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    artifactType: "application/vnd.retemper.program",
    config: { mediaType: "application/vnd.oci.empty.v1+json", digest: sha256("{}"), size: 2 },
    layers: [{ mediaType: "application/vnd.retemper.program.files", digest: program.digest, size: program.bytes }],
  });
  return { mediaType, body, digest: sha256(body) };
}

async function hashProgram(image: LocalImage): Promise<{ digest: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const files = await programFiles(image);
  if (files.length === 0) {
    throw new EmptyImageError(`no file under ${image.root} matches digestOf of image ${image.name}`);
  }
  for (const file of files) {
    const content = await readFile(join(image.root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
    bytes += content.length;
  }
  return { digest: `sha256:${hash.digest("hex")}`, bytes };
}

async function programFiles(image: LocalImage): Promise<string[]> {
  const without = image.digestOf.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  const files = new Set<string>();
  for (const pattern of image.digestOf.filter((pattern) => !pattern.startsWith("!"))) {
    for await (const entry of glob(pattern, { cwd: image.root, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name)
        .slice(image.root.length + 1)
        .replaceAll(sep, "/");
      if (!without.some((excluded) => matchesGlob(path, excluded))) files.add(path);
    }
  }
  return [...files].sort();
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
