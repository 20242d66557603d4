import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { JsonObject } from "../wire/json.ts";

/** A file of lines of JSON, in the output's folder. */
export class Lines {
  readonly #stream: WriteStream;
  readonly #ended: Promise<void>;

  constructor(folder: string, name: string) {
    mkdirSync(folder, { recursive: true });
    this.#stream = createWriteStream(join(folder, name));
    this.#ended = finished(this.#stream);
    // Told to whoever closes it.
    this.#ended.catch(() => undefined);
  }

  async write(line: JsonObject): Promise<void> {
    if (this.#stream.write(`${JSON.stringify(line)}\n`) || this.#stream.errored !== null) return;
    await Promise.race([new Promise((resolve) => this.#stream.once("drain", resolve)), this.#ended]);
  }

  /** Throws what a write failed with. */
  async close(): Promise<void> {
    this.#stream.end();
    await this.#ended;
  }
}

/** `prediction.results-00001-of-00004`. */
export function shardName(kind: "results" | "errors_stats", index: number, count: number): string {
  const five = (number: number) => String(number).padStart(5, "0");
  return `prediction.${kind}-${five(index)}-of-${five(count)}`;
}

/**
 * Folder of a job's output below its prefix. The API's reference gives the time as ISO 8601, but the service writes it
 * with underscores.
 */
export function outputDirectory(prefix: string, modelDisplayName: string, createTime: number): string {
  const time = new Date(createTime).toISOString().replace(/[-:.]/g, "_");
  return `${prefix.replace(/\/+$/, "")}/prediction-${modelDisplayName.replace(/[^\w.-]/g, "_")}-${time}`;
}
