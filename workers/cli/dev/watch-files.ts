import { type FSWatcher, watch } from "node:fs";
import { dirname, join } from "node:path";

/** Editors write a file in several steps; what comes within this time is one change. */
const settleMilliseconds = 15;
/** What a module may read without importing it. */
const data = /\.(ya?ml|json)$/;

/**
 * Watches files, and the YAML and JSON beside them: folders, because editors put a new file in an old one's place.
 */
export class FileWatch implements Disposable {
  readonly #onChange: (file: string) => void;
  readonly #folders = new Map<string, FSWatcher>();
  #files: ReadonlySet<string> = new Set();
  #settling: NodeJS.Timeout | undefined;

  constructor(onChange: (file: string) => void) {
    this.#onChange = onChange;
  }

  /** From now on, these. */
  watch(files: readonly string[]): void {
    this.#files = new Set(files);
    const wanted = new Set(files.map((file) => dirname(file)));
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) {
      if (this.#folders.has(folder)) continue;
      const watcher = watch(folder, (_, name) => {
        if (name !== null) this.#changed(join(folder, name));
      });
      // A folder that is removed is no reason to end: its module is reported as missing when it is compiled.
      watcher.on("error", () => {
        watcher.close();
        this.#folders.delete(folder);
      });
      this.#folders.set(folder, watcher);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#settling);
    for (const watcher of this.#folders.values()) watcher.close();
  }

  #changed(file: string): void {
    if (!this.#files.has(file) && !data.test(file)) return;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#onChange(file), settleMilliseconds);
  }
}
