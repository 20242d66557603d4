import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { PromoteActivities } from "../../pipelines/promote/activities.ts";
import type { Clients } from "../clients/clients.ts";
import { Database, literal } from "../dataset/database.ts";
import { readManifest } from "../dataset/manifest.ts";
import { UserError } from "../errors.ts";
import { joinUri } from "../storage/object-uri.ts";
import { inTemporaryFolder } from "../temporary.ts";

/** Asked when no data is named: any text classifier answers them, whatever it says. */
const neutralSentences = [
  "The report was published on Tuesday.",
  "A short text.",
  "It rained in the morning, and the afternoon was clear.",
  "Version 2.1 adds a command-line option and mends two errors.",
  "Water boils at a lower temperature in the mountains.",
  "The library opens at nine and closes at six, but not on Sundays.",
  "Prices rose by 3 % last year.",
  "Two of the three proposals were accepted without changes.",
];

/** A text longer than this says no more about whether a model answers. */
const lettersAtMost = 4_000;

/** Of a prompt; each of its tokens costs what a whole classification does. */
const promptLettersAtMost = 500;

export function createSampleActivities(clients: Clients): Pick<PromoteActivities, "sampleInstances"> {
  return {
    async sampleInstances({ dataUri, count }) {
      if (dataUri === null) return neutralSentences.slice(0, count);
      const manifest = await readManifest(clients.storage, dataUri);
      const shard = manifest?.splits.test.shards[0];
      if (!shard) throw new UserError("NotFound", `${dataUri} has no prepared test split`);
      return inTemporaryFolder(async (folder) => {
        const path = join(folder, "shard.parquet");
        await clients.storage.download(joinUri(dataUri, shard.path), path);
        const scratch = join(folder, "scratch");
        await mkdir(scratch);
        using database = await Database.open(scratch);
        // A language model is asked for the last completion.
        const text =
          manifest.task === "causal-lm"
            ? `right(left(text, CAST(json_extract(completions, '$[#-1][0]') AS INTEGER)), ${promptLettersAtMost})`
            : `left(text, ${lettersAtMost})`;
        // Ids are hashes, so that the first ones are a sample, and always the same.
        const rows = await database.rows(
          `SELECT ${text} AS text FROM read_parquet(${literal(path)}) ORDER BY id LIMIT ${count}`,
        );
        return rows.map((row) => String(row["text"]));
      });
    },
  };
}
