import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { realWait, retrying } from "../../clients/retry.ts";
import { BufferPool } from "../../storage/buffer-pool.ts";
import { ContentHash } from "../../storage/content-hash.ts";
import { eachPart, planParts } from "../../storage/parts.ts";
import type { ByteSource } from "../../storage/transfer.ts";

const partBytes = 4 * 1024 ** 2;
const lanes = 4;

/**
 * Brings a content to a file, in ranges side by side, and holds it against its hash before the file has its name. Memory
 * does not depend on the size. Throws `CorruptedTransfer`, and what the source throws.
 */
export async function fetchFile(source: ByteSource, path: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const hash = new ContentHash(source);
  const file = await open(part, "w");
  try {
    const pool = new BufferPool(lanes * partBytes);
    await eachPart(planParts(source.bytes, partBytes), { pool, lanes, signal }, async (item) => {
      let arrived = 0;
      await retrying(() => source.read(item.part.start, item.buffer, (count) => (arrived += count), item.signal), {
        signal: item.signal,
        wait: realWait,
        progress: () => arrived,
      });
      await item.inTurn(() => hash.update(item.buffer));
      await file.write(item.buffer, 0, item.buffer.length, item.part.start);
    });
    hash.check();
  } finally {
    await file.close();
  }
  await rename(part, path);
}
