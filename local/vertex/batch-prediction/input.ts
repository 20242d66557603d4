import { createReadStream, globSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Mount } from "../processes/mount.ts";
import { VertexError } from "../wire/errors.ts";
import type { Json } from "../wire/json.ts";
import { parseHeader, parseRow } from "./csv.ts";

/** What one instance is made of. */
export type InputRecord =
  | { readonly kind: "value"; readonly value: Json }
  /** Named values, in the order of their columns. */
  | { readonly kind: "row"; readonly cells: readonly (readonly [name: string, value: Json])[] }
  | { readonly kind: "file"; readonly uri: string; readonly content: Buffer }
  | { readonly kind: "unreadable"; readonly text: string; readonly reason: string };

interface InputFormat {
  /** Lines at the head of each file that are no instances. */
  readonly header: number;
  read(line: string, header: string, mount: Mount): InputRecord | Promise<InputRecord>;
}

/** https://cloud.google.com/vertex-ai/docs/predictions/get-batch-predictions#input_data_requirements */
export const inputFormats: Readonly<Record<string, InputFormat>> = {
  jsonl: { header: 0, read: (line) => readable(line, () => ({ kind: "value", value: JSON.parse(line) as Json })) },
  csv: {
    header: 1,
    read: (line, header) =>
      readable(line, () => {
        const names = parseHeader(header);
        const cells = parseRow(line);
        if (cells.length !== names.length)
          throw new SyntaxError(`the row has ${cells.length} cells, and the header ${names.length}`);
        return { kind: "row", cells: cells.map((cell, index) => [names[index] ?? "", cell] as const) };
      }),
  },
  "file-list": {
    header: 0,
    async read(line, _header, mount) {
      const uri = line.trim();
      const file = mount.localPath(uri);
      try {
        if (file === undefined) throw new Error("it should be gs://BUCKET/OBJECT");
        return { kind: "file", uri, content: await readFile(file) };
      } catch (error) {
        return { kind: "unreadable", text: line, reason: `${uri} can't be read: ${String(error)}` };
      }
    },
  },
};

/** The instances of all files, one after the other; blank lines are none. */
export class Input {
  readonly #files: readonly string[];
  readonly #format: InputFormat;
  readonly #mount: Mount;

  /** Throws NOT_FOUND when a URI or wildcard names no object. */
  constructor(uris: readonly string[], format: string, mount: Mount) {
    const found = inputFormats[format];
    if (found === undefined) throw new VertexError("INVALID_ARGUMENT", `instances_format: "${format}" is unknown.`);
    this.#files = uris.flatMap((uri) => findObjects(uri, mount));
    this.#format = found;
    this.#mount = mount;
  }

  async count(): Promise<number> {
    let count = 0;
    for await (const _line of this.#lines()) count++;
    return count;
  }

  /** Those from `start` up to `end`, not included, counted from 0. */
  async *records(start: number, end: number): AsyncGenerator<InputRecord> {
    let index = 0;
    for await (const { line, header } of this.#lines()) {
      if (index >= end) return;
      if (index++ >= start) yield await this.#format.read(line, header, this.#mount);
    }
  }

  async *#lines(): AsyncGenerator<{ readonly line: string; readonly header: string }> {
    for (const file of this.#files) {
      const head: string[] = [];
      const stream = createReadStream(file);
      try {
        for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
          if (line.trim() === "") continue;
          if (head.length < this.#format.header) head.push(line);
          else yield { line, header: head.join("\n") };
        }
      } finally {
        stream.destroy();
      }
    }
  }
}

function readable(line: string, read: () => InputRecord): InputRecord {
  try {
    return read();
  } catch (error) {
    return { kind: "unreadable", text: line, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The files of the objects that a URI names, by Cloud Storage's wildcards (https://cloud.google.com/storage/docs/wildcards). */
function findObjects(uri: string, mount: Mount): string[] {
  const [, bucket = "", object = ""] = /^gs:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const folder = mount.localPath(`gs://${bucket}`);
  const names = folder === undefined ? [] : /[*?[]/.test(object) ? globSync(object, { cwd: folder }).sort() : [object];
  const files = names.flatMap((name) => {
    const file = join(folder ?? "", name);
    return statSync(file, { throwIfNoEntry: false })?.isFile() ? [file] : [];
  });
  if (files.length === 0) throw new VertexError("NOT_FOUND", `No object is found at ${uri}.`);
  return files;
}
