/**
 * Makes the seed out of the whole data set, which is not part of this repository: `node build.ts INPUT`, where INPUT
 * has `r1/train.parquet`, `r2/train.parquet` and `r2/test.parquet` (see README.md for how those were made).
 */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** Rows of the data's first revision. */
const firstRows = 1000;

const input = process.argv[2];
if (input === undefined) {
  console.error("usage: node local/seed/debian-sections/build.ts INPUT");
  process.exit(2);
}

const connection = await (await DuckDBInstance.create()).connect();
await pack("r1/train.parquet", "train-first.parquet", `LIMIT ${firstRows}`);
await pack("r2/train.parquet", "train.parquet", "");
await pack("r2/test.parquet", "test.parquet", "");
connection.closeSync();

async function pack(from: string, to: string, limit: string): Promise<void> {
  const [source, target] = [join(input ?? "", from), join(import.meta.dirname, to)].map((path) =>
    path.replaceAll("'", "''"),
  );
  await connection.run(
    `COPY (SELECT text, label, package, source, version, status FROM read_parquet('${source}') ${limit})
     TO '${target}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19, ROW_GROUP_SIZE 100000)`,
  );
}
