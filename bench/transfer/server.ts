/**
 * One of the servers of the benchmark, in a process of its own: `node bench/transfer/server.ts hub|storage FOLDER`.
 * The Hub has one model, of as many bytes as the third argument says. Prints its address, and runs until it is killed.
 */
import { createCipheriv, createHash } from "node:crypto";
import { startHub } from "../../local/hub/index.ts";
import { addContent, seedRepo } from "../../local/seed/seed-repo.ts";
import { startStorage } from "../../local/storage/index.ts";

const [kind, folder = "", bytes = "0"] = process.argv.slice(2);

async function main(): Promise<string> {
  if (kind === "storage") {
    const storage = await startStorage({ folder });
    await storage.ensureBucket("retemper");
    return storage.url;
  }
  const hub = await startHub({ folder });
  const size = Number(bytes);
  await seedRepo(hub, { kind: "model", name: "bench/model" }, async () => ({
    title: "The benchmark's model",
    message: "",
    date: 0,
    operations: [await addContent(hub, "model.safetensors", size, null, async () => noise(size))],
  }));
  return hub.url;
}

/** The same bytes for the same size, which no compression makes smaller. */
async function* noise(size: number): AsyncGenerator<Buffer> {
  const key = createHash("sha256").update("retemper").digest();
  const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  const zeros = Buffer.alloc(1024 * 1024);
  for (let left = size; left > 0; left -= zeros.length)
    yield cipher.update(zeros.subarray(0, Math.min(left, zeros.length)));
}

console.log(await main());
