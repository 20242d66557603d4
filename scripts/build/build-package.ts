import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { compileSources } from "./compile-sources.ts";
import { filesIn, isAsset, isSource, rooms } from "./files.ts";
import { type Manifest, packageManifest } from "./manifest.ts";

export const checkout = resolve(import.meta.dirname, "../..");

/**
 * Builds the package into a folder, whole or not at all:
 * - JavaScript and declarations, in the checkout's own folders,
 * - in `src/`, the sources that their maps lead to,
 * - what the programs read beside them.
 */
export async function buildPackage(out: string): Promise<{ readonly files: number; readonly bytes: number }> {
  const parent = join(checkout, ".retemper");
  await mkdir(parent, { recursive: true });
  // In the checkout, because the compiler finds its packages from there.
  const scratch = await mkdtemp(join(parent, "build-"));
  try {
    const folder = join(scratch, "package");
    for (const room of rooms) {
      for (const file of await filesIn(join(checkout, room), checkout)) {
        if (isSource(file)) await copy(file, join(folder, "src"));
        if (isAsset(file)) await copy(file, folder);
      }
    }
    await compileSources(folder);
    await dropGeneratedSources(folder);
    const manifest = JSON.parse(await readFile(join(checkout, "package.json"), "utf8")) as Manifest;
    await writeFile(join(folder, "package.json"), `${JSON.stringify(packageManifest(manifest), null, 2)}\n`);
    await mkdir(join(folder, "bin"));
    await cp(join(import.meta.dirname, "bin.mjs"), join(folder, "bin/retemper.mjs"));
    for (const file of ["README.md", "LICENSE"]) await copy(file, folder);
    const sizes = await Promise.all((await filesIn(folder, folder)).map((file) => stat(join(folder, file))));
    await rm(out, { recursive: true, force: true });
    await mkdir(dirname(out), { recursive: true });
    await rename(folder, out);
    return { files: sizes.length, bytes: sizes.reduce((sum, { size }) => sum + size, 0) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Nobody wrote them, and their declarations say as much; but they are most of what there is. */
async function dropGeneratedSources(folder: string): Promise<void> {
  for (const file of await filesIn(folder, folder)) {
    const generated = file.includes("/generated/");
    if (generated && (file.startsWith("src/") || file.endsWith(".map"))) await rm(join(folder, file));
    else if (generated && /\.(js|d\.ts)$/.test(file)) await dropMapComment(join(folder, file));
  }
}

async function dropMapComment(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const without = text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
  if (without !== text) await writeFile(file, without);
}

async function copy(file: string, folder: string): Promise<void> {
  const target = join(folder, file);
  await mkdir(dirname(target), { recursive: true });
  await cp(join(checkout, file), target);
}
