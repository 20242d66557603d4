import { statfs } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import colours from "picocolors";
import { CommandError } from "../../user-error.ts";
import { type Terminal, truncate } from "../../view/terminal.ts";
import { bytesText } from "../bytes.ts";
import type { JobFolder } from "../job-folder.ts";
import type { PulledArtifact } from "../pulled-job.ts";
import { type Download, downloadAll } from "./download.ts";
import { type ArtifactObjects, bytesOf, listArtifacts } from "./list-objects.ts";
import type { Origin } from "./origin.ts";

export interface BringOptions {
  /** Bytes that are brought without asking. */
  readonly maxSize: number;
  /** For remarks, sizes and progress. */
  readonly out: Terminal;
  readonly signal: AbortSignal;
}

/**
 * Brings the content of artifacts into the job's folder: sizes are said first, and what is more than the limit is asked
 * for. Throws `CommandError`, and the signal's reason; what had come by then is kept.
 */
export async function bringArtifacts(
  origin: Origin,
  folder: JobFolder,
  artifacts: readonly PulledArtifact[],
  { maxSize, out, signal }: BringOptions,
): Promise<readonly ArtifactObjects[]> {
  const found = await listArtifacts(origin.objects, artifacts);
  for (const artifact of found) out.write(`  ${artifactLine(artifact)}\n`);
  const downloads = downloadsOf(found, folder);
  const total = bytesOf(found);
  if (total > maxSize) await confirm(total, maxSize, out);
  await checkSpace(folder, total);
  if (downloads.length > 0) {
    const progress = new ProgressLine(total, downloads.length, out);
    try {
      await downloadAll(await origin.storage(), downloads, { onBytes: (count) => progress.add(count), signal });
    } finally {
      progress.end();
    }
  }
  await folder.addArtifacts(found.flatMap(({ uri, objects }) => (objects === null ? [] : [{ uri, objects }])));
  return found;
}

/** Each object once, though two artifacts may share it. */
function downloadsOf(found: readonly ArtifactObjects[], folder: JobFolder): readonly Download[] {
  const objects = new Map(found.flatMap((artifact) => artifact.objects ?? []).map((object) => [object.uri, object]));
  return [...objects.values()].map((object) => ({ object, file: folder.fileOf(object.uri) }));
}

export function artifactLine({ uri, objects }: ArtifactObjects): string {
  if (objects === null) return `${uri} ${colours.dim("is not in Cloud Storage: only its address is taken")}`;
  if (objects.length === 0) return `${uri} ${colours.yellow("is empty there: deleted since, or never written")}`;
  const size = bytesText(bytesOf([{ uri, objects }]));
  return `${uri} ${colours.dim(objects.length === 1 ? size : `${objects.length} files, ${size}`)}`;
}

async function confirm(total: number, maxSize: number, out: Terminal): Promise<void> {
  const question = `That is ${bytesText(total)}, more than ${bytesText(maxSize)} (--max-size).`;
  const refusal = new CommandError(
    "TOO_LARGE",
    `${question} Nothing was brought. Allow it with --max-size ${bytesText(total).replace(" ", "")}, or leave content out with --no-artifacts.`,
  );
  if (!out.live || !process.stdin.isTTY) throw refusal;
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asked.question(`${question} Bring it? [y/N] `).finally(() => asked.close());
  if (!/^y(es)?$/i.test(answer.trim())) throw refusal;
}

async function checkSpace(folder: JobFolder, total: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder.path);
  if (total <= bavail * bsize) return;
  throw new CommandError(
    "DISK_FULL",
    `${bytesText(total)} do not fit: ${folder.path} has ${bytesText(bavail * bsize)} left. Give a folder elsewhere: --output FOLDER.`,
  );
}

/** How much has come, and how fast; on a plain stream nothing. */
class ProgressLine {
  readonly #total: number;
  readonly #files: string;
  readonly #out: Terminal;
  readonly #begin = performance.now();
  #bytes = 0;
  #drawn = 0;

  constructor(total: number, files: number, out: Terminal) {
    this.#total = total;
    this.#files = files === 1 ? "" : `, ${files} files`;
    this.#out = out;
  }

  add(count: number): void {
    this.#bytes += count;
    const now = performance.now();
    if (!this.#out.live || now - this.#drawn < 100) return;
    this.#drawn = now;
    const speed = this.#bytes / Math.max(0.001, (now - this.#begin) / 1000);
    const part = Math.min(1, this.#bytes / Math.max(1, this.#total));
    const told = `${bytesText(this.#bytes)} of ${bytesText(this.#total)}${this.#files}, ${bytesText(speed)}/s`;
    this.#out.write(
      `\r\x1b[K${truncate(`  ${bar(part)} ${Math.floor(part * 100)} %  ${told}`, this.#out.columns - 1)}`,
    );
  }

  end(): void {
    if (this.#drawn > 0) this.#out.write("\r\x1b[K");
  }
}

const barWidth = 24;

function bar(part: number): string {
  const done = Math.floor(part * barWidth);
  return "━".repeat(done) + "─".repeat(barWidth - done);
}
