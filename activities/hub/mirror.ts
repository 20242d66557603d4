import type { Clients } from "../clients/clients.ts";
import type { Environment } from "../clients/environment.ts";
import { UserError } from "../errors.ts";
import { cancellation } from "../progress.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { joinUri } from "../storage/object-uri.ts";
import { sideBySide } from "../storage/side-by-side.ts";
import { type ByteSource, Transfers } from "../storage/transfer.ts";
import type { PinnedRepo } from "./hub.ts";

type MirrorClients = Pick<Clients, "hub" | "storage"> & { readonly environment: Pick<Environment, "bucket"> };

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
  clients: MirrorClients,
  repo: PinnedRepo,
  onProgress: (step: string) => void,
): Promise<string> {
  const folder = `gs://${clients.environment.bucket}/models/hub/${repo.name}/${repo.revision}`;
  if ((await clients.storage.stat(joinUri(folder, marker))) !== null) return folder;
  const listed = (await clients.hub.files(repo)).filter(({ path }) => !otherFrameworks.test(path));
  if (!listed.some(({ path }) => path.endsWith(".safetensors"))) {
    throw new UserError(
      "NotFound",
      `the model ${repo.name} has no safetensors weights at ${repo.revision}: name one that does`,
    );
  }
  const files = listed.map((file) => ({ path: file.path, source: clients.hub.source(repo, file) }));
  await mirrorFiles(clients.storage, repo.name, folder, files, onProgress);
  const content = {
    repo: repo.name,
    revision: repo.revision,
    files: files.map(({ path, source: { bytes, oid } }) => ({ path, bytes, oid })),
  };
  await clients.storage.writeText(joinUri(folder, marker), `${JSON.stringify(content, null, 2)}\n`, {
    contentType: "application/json",
  });
  return folder;
}

export interface MirroredFile {
  /** In the folder. */
  readonly path: string;
  readonly source: ByteSource;
}

/** Copies files of the Hub into a `gs://` folder, several at a time; a file that is there with the right content stays. */
export async function mirrorFiles(
  storage: ObjectStore,
  what: string,
  folder: string,
  files: readonly MirroredFile[],
  onProgress: (step: string) => void,
): Promise<void> {
  const progress = new CopyProgress(what, files, onProgress);
  const transfers = new Transfers(storage);
  const waiting = [...files];
  await sideBySide(filesAtOnce, cancellation(), async (signal) => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { source } = file;
      const uri = joinUri(folder, file.path);
      const there = await storage.stat(uri);
      const isThere = source.oid !== undefined && there?.metadata["hub-oid"] === source.oid;
      if (isThere && there.bytes === source.bytes) {
        progress.add(source.bytes);
      } else {
        const metadata: Record<string, string> = source.oid === undefined ? {} : { "hub-oid": source.oid };
        const target = { uri, metadata, replaces: there?.generation ?? "0" };
        await transfers.copy(source, target, { signal, onBytes: (count) => progress.add(count) });
      }
      progress.finishFile();
    }
  });
}

/** What a person reads of a copy under way, in the Temporal UI and the terminal. */
class CopyProgress {
  readonly #what: string;
  readonly #files: number;
  readonly #bytes: number;
  readonly #report: (step: string) => void;
  #copiedFiles = 0;
  #copiedBytes = 0;

  constructor(what: string, files: readonly MirroredFile[], report: (step: string) => void) {
    this.#what = what;
    this.#files = files.length;
    this.#bytes = files.reduce((sum, { source }) => sum + source.bytes, 0);
    this.#report = report;
  }

  add(bytes: number): void {
    this.#copiedBytes += bytes;
    this.#tell();
  }

  finishFile(): void {
    this.#copiedFiles++;
    this.#tell();
  }

  #tell(): void {
    const share = this.#bytes === 0 ? 100 : Math.floor((100 * this.#copiedBytes) / this.#bytes);
    const sizes = `${mebibytes(this.#copiedBytes)} of ${mebibytes(this.#bytes)} MiB (${share} %)`;
    this.#report(`copied ${sizes}, ${this.#copiedFiles} of ${this.#files} files of ${this.#what}`);
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}
