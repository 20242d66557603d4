import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { ListFileEntry } from "@huggingface/hub";
import type { Clients } from "../clients/clients.ts";
import { UserError } from "../errors.ts";
import { cancellation } from "../progress.ts";
import { joinUri } from "../storage/object-uri.ts";
import type { PinnedRepo } from "./hub.ts";
import { verify } from "./verified-stream.ts";

/** Written last: a folder without it is not all there. */
const marker = "mirror.json";
const filesAtOnce = 4;

/** Weights for other frameworks and runtimes, which can be many times what we need. */
const otherFrameworks =
  /\.(bin|h5|ot|msgpack|onnx|onnx_data|tflite|gguf|mlmodel|pt|pth|ckpt|pkl)$|^(onnx|openvino|coreml)\/|(^|\/)\.git/;

/**
 * Copies a model's files from the Hub to `models/hub/REPO/SHA/`; what is there with the right content stays.
 * Returns the `gs://` folder. Throws `NotFound` for a model without safetensors.
 */
export async function mirrorModel(
  clients: Clients,
  repo: PinnedRepo,
  onProgress: (step: string) => void,
): Promise<string> {
  const folder = `gs://${clients.environment.bucket}/models/hub/${repo.name}/${repo.revision}`;
  if ((await clients.storage.stat(joinUri(folder, marker))) !== null) return folder;
  const files = (await clients.hub.files(repo)).filter(({ path }) => !otherFrameworks.test(path));
  if (!files.some(({ path }) => path.endsWith(".safetensors"))) {
    throw new UserError(
      "NotFound",
      `the model ${repo.name} has no safetensors weights at ${repo.revision}: name one that does`,
    );
  }
  const waiting = [...files];
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      await mirrorFile(clients, repo, file, joinUri(folder, file.path));
      onProgress(`copied ${++done} of ${files.length} files of ${repo.name}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: filesAtOnce }, worker));
  } finally {
    // After a failure the others finish the file at hand and take no more.
    waiting.length = 0;
  }
  const content = {
    repo: repo.name,
    revision: repo.revision,
    files: files.map((file) => ({ path: file.path, bytes: sizeOf(file), oid: oidOf(file) })),
  };
  await clients.storage.writeText(joinUri(folder, marker), `${JSON.stringify(content, null, 2)}\n`, {
    contentType: "application/json",
  });
  return folder;
}

async function mirrorFile(
  { hub, storage }: Clients,
  repo: PinnedRepo,
  file: ListFileEntry,
  uri: string,
): Promise<void> {
  const bytes = sizeOf(file);
  const oid = oidOf(file);
  const there = await storage.stat(uri);
  if (there !== null && there.bytes === bytes && oid !== undefined && there.metadata["hub-oid"] === oid) return;
  const blob = await hub.open(repo, file.path);
  const source = Readable.fromWeb(blob.stream() as ReadableStream);
  const check = verify({ name: `${repo.name}/${file.path}`, bytes, oid });
  const metadata: Record<string, string> = oid === undefined ? {} : { "hub-oid": oid };
  await storage.writeStream(uri, source, bytes, { metadata, check, signal: cancellation() });
}

function sizeOf(file: ListFileEntry): number {
  return file.lfs?.size ?? file.size;
}

/** sha256 of a large file, git's blob id of a small one. */
function oidOf(file: ListFileEntry): string | undefined {
  return (file.lfs?.oid ?? file.oid)?.replace(/^sha256:/, "");
}
