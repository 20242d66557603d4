import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";

/** What goes into the package. */
export const rooms = ["specs", "pipelines", "activities", "workers", "local", "trainer/contract"] as const;

/** Paths relative to `root`, sorted. */
export async function filesIn(folder: string, root: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

const forTests = /\.test\.ts$|\/type-tests\/|^local\/.*\/testing\//;

/** What the compiler reads. Generated code is JavaScript with declarations already. */
export function isSource(file: string): boolean {
  return /\.(ts|js)$/.test(file) && !forTests.test(file);
}

/** What runs or is read as it is. */
export function isAsset(file: string): boolean {
  if (forTests.test(file)) return false;
  if (file.startsWith("trainer/")) return /\/generated\/.*(\.js|\.d\.ts)$/.test(file);
  if (file.includes("/generated/")) return !/(?<!\.d)\.ts$|\.py$/.test(file);
  return !/\.ts$|\.pyc$|\.binpb$|\/debian-sections\/.*\.md$/.test(file);
}
