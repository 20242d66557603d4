import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleWorkflowCode, type Logger } from "@temporalio/worker";
import { checkout, program } from "../config/program.ts";

/** The module of our workflows, for a worker's `workflowsPath`, or to re-export from a module of one's own. */
export const workflowsPath: string = program("pipelines/workflows");

const keptBundles = 5;

/**
 * Bundles the workflows, or finds the bundle of the very same sources: a warm start then costs milliseconds.
 *
 * @returns path of the bundle's code, for `workflowBundle: { codePath }`
 */
export async function bundleWorkflows(cache: string, logger: Logger): Promise<string> {
  const folder = join(cache, "workflows");
  const file = join(folder, `${await digestOfSources()}.js`);
  if (existsSync(file)) {
    const now = new Date();
    await utimes(file, now, now);
    return file;
  }
  const { code } = await bundleWorkflowCode({ workflowsPath, logger });
  await mkdir(folder, { recursive: true });
  const scratch = `${file}.${process.pid}`;
  await writeFile(scratch, code);
  await rename(scratch, file);
  await removeOldest(folder);
  return file;
}

/** What can change the bundle: our sources, and the packages with the bundler among them. */
async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  // The package has no lock: its manifest is all that says what it is.
  const lock = join(checkout, "package-lock.json");
  const files = [existsSync(lock) ? lock : join(checkout, "package.json")];
  for (const room of ["pipelines", "specs"]) {
    const entries = await readdir(join(checkout, room), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (entry.isFile() && /\.(ts|js)$/.test(entry.name) && !entry.name.endsWith(".test.ts")) {
        files.push(join(entry.parentPath, entry.name));
      }
    }
  }
  for (const file of files.sort())
    hash
      .update(file.slice(checkout.length))
      .update("\0")
      .update(await readFile(file));
  return hash.digest("hex").slice(0, 32);
}

async function removeOldest(folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".js")).map((name) => join(folder, name));
  const dated = await Promise.all(files.map(async (file) => ({ file, usedAt: (await stat(file)).mtimeMs })));
  const oldest = dated.sort((left, right) => right.usedAt - left.usedAt).slice(keptBundles);
  await Promise.all(oldest.map(({ file }) => rm(file, { force: true })));
}
