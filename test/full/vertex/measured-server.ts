import { join } from "node:path";
import { realClock } from "../../../local/clock.ts";
import { startVertex } from "../../../local/vertex/index.ts";
import { nodeImage } from "../../../local/vertex/testing/image.ts";

/** A server that tells, whenever it is asked, what it holds in memory once everything is collected that can be. */
export interface Memory {
  /** Mebibytes. */
  readonly heap: number;
  readonly resident: number;
}

const folder = process.argv[2] ?? "";
const collect = globalThis.gc;
if (collect === undefined) throw new Error("start this with --expose-gc");
const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
const vertex = await startVertex({
  state: join(folder, "vertex"),
  storageRoot: join(folder, "storage"),
  images: [nodeImage],
  clock: realClock,
  log: (line) => process.stderr.write(`${line}\n`),
});
process.on("message", () => {
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  process.send?.({ heap: mebibytes(heapUsed), resident: mebibytes(rss) } satisfies Memory);
});
process.send?.(vertex.address);
