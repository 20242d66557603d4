import { mkdir, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const lookMilliseconds = 500;
/** Of this process. */
const held = new Set<string>();

/**
 * A folder of this machine that outlives a killed process, so that the next try goes on with what is there; one process
 * at a time works in it. It is gone when the work has succeeded.
 */
export async function inWorkFolder<Result>(
  name: string,
  signal: AbortSignal,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = join(tmpdir(), "retemper-prepare", name);
  await mkdir(folder, { recursive: true });
  const lock = `${folder}.lock`;
  while (!(await take(lock))) await setTimeout(lookMilliseconds, undefined, { signal });
  try {
    const result = await work(folder);
    await rm(folder, { recursive: true, force: true });
    return result;
  } finally {
    held.delete(lock);
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  if (held.has(lock)) return false;
  try {
    const file = await open(lock, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    held.add(lock);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const owner = Number(await readFile(lock, "utf8").catch(() => ""));
  // Of a process that was killed, this one's namesake included.
  if (owner > 0 && (owner === process.pid || !isAlive(owner))) await rm(lock, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
