import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { compareNames } from "./object-names.ts";

/** Where a walk is told to go on from; whoever consumes it moves it while it runs. */
export interface WalkCursor {
  /** Names before this one are left out. */
  from: string;
  /** Names that begin so are left out, when not empty: a group that is listed as one prefix. */
  skip: string;
}

/**
 * The names of all files below a bucket's folder that begin with `prefix`, in Google's order, reading only the folders
 * that can hold one. Links are not followed.
 */
export async function* walkBucket(folder: string, prefix: string, cursor: WalkCursor): AsyncGenerator<string> {
  yield* walkFolder(folder, "", prefix, cursor);
}

async function* walkFolder(folder: string, at: string, prefix: string, cursor: WalkCursor): AsyncGenerator<string> {
  for (const name of await sortedNames(folder, at)) {
    if (cursor.skip !== "" && name.startsWith(cursor.skip)) continue;
    if (name.endsWith("/")) {
      const mayHold = name.startsWith(prefix) || prefix.startsWith(name);
      const isPast = compareNames(name, cursor.from) < 0 && !cursor.from.startsWith(name);
      if (mayHold && !isPast) yield* walkFolder(join(folder, name.slice(at.length)), name, prefix, cursor);
    } else if (name.startsWith(prefix) && compareNames(name, cursor.from) >= 0) {
      yield name;
    }
  }
}

/** A folder's name gets its slash before sorting: `a-b` stands before `a/…`. */
async function sortedNames(folder: string, at: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => at + (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort(compareNames);
  } catch (error) {
    // Removed between its parent's reading and its own.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
