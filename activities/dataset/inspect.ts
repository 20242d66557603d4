import type { Phase } from "./engine/phase.ts";
import type { Work } from "./engine/work.ts";
import type { Chunk, Plan, PlannedFile } from "./plan.ts";
import { explain } from "./sources/explain.ts";
import { relationOf } from "./sources/relation.ts";

/** Columns of a whole file, in its order. */
export type Inspected = readonly { readonly name: string; readonly type: string }[];

/**
 * Finds the types of a JSONL file that is read in parts: a part alone may look otherwise (1 and 2 in one, 2.5 in the
 * next), and would give other rows.
 */
export const inspect: Phase = {
  name: "inspect",
  title: "looking for the columns of large files",
  pieces: (plan) => inspectedFiles(plan).length,
  async run(work, piece): Promise<Inspected> {
    const file = inspectedFiles(work.plan)[piece];
    if (file === undefined) throw new Error(`the plan has no large file ${piece}`);
    await work.fetch(file.path);
    try {
      using database = await work.database();
      return await database.describe(relationOf(file));
    } catch (error) {
      throw work.signal?.aborted ? error : await explain(error, { files: [file] });
    }
  },
};

/** Columns of the file that a chunk is a part of; undefined where the chunk says all itself. */
export async function columnsOfWhole(work: Work, chunk: Chunk): Promise<Inspected | undefined> {
  const index = inspectedFiles(work.plan).findIndex(({ path }) => chunk.bytes && path === chunk.files[0]?.path);
  return index < 0 ? undefined : work.outcome<Inspected>(inspect, index);
}

function inspectedFiles({ chunks }: Plan): PlannedFile[] {
  const cut = chunks.filter(({ bytes }) => bytes !== undefined).flatMap(({ files }) => files);
  return [...new Map(cut.map((file) => [file.path, file])).values()].filter(({ format }) => format === "jsonl");
}
