import { createHash } from "node:crypto";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Drawing } from "../../../../specs/graph/index.ts";
import type { JsonObject } from "../../wire/json.ts";

export interface Question {
  readonly id: number;
  readonly spec: JsonObject;
}
export type Answer =
  | { readonly id: number; readonly drawing: Drawing }
  | { readonly id: number; readonly error: string };

/** A pipeline can't be drawn. */
export class DrawingError extends Error {
  override readonly name = "DrawingError";
  readonly code = "NOT_DRAWN";
}

/** As many are kept as a person may look at in turn. */
const kept = 32;

/** Pictures of pipelines, each made once. */
export class Drawings {
  readonly #made = new Map<string, Promise<Drawing>>();
  readonly #waiting = new Map<number, PromiseWithResolvers<Drawing>>();
  #worker: Worker | undefined;
  #asked = 0;

  /** Throws {@link DrawingError}. */
  get(spec: JsonObject): Promise<Drawing> {
    const key = createHash("sha256").update(JSON.stringify(spec)).digest("hex");
    const drawing = this.#made.get(key) ?? this.#make(spec);
    // The last one asked for is the last to go; what failed is tried again.
    this.#made.delete(key);
    this.#made.set(key, drawing);
    drawing.catch(() => this.#made.delete(key));
    const [oldest] = this.#made.keys();
    if (this.#made.size > kept && oldest !== undefined) this.#made.delete(oldest);
    return drawing;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #make(spec: JsonObject): Promise<Drawing> {
    const id = this.#asked++;
    const made = Promise.withResolvers<Drawing>();
    this.#waiting.set(id, made);
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id, spec } satisfies Question);
    return made.promise;
  }

  #start(): Worker {
    // TypeScript in the checkout, JavaScript in the package.
    const worker = new Worker(join(import.meta.dirname, `drawing-worker${extname(import.meta.filename)}`));
    worker.unref();
    worker.on("message", (answer: Answer) => {
      const made = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ("drawing" in answer) made?.resolve(answer.drawing);
      else made?.reject(new DrawingError(answer.error));
    });
    const onEnd = (reason: unknown) => {
      this.#worker = undefined;
      for (const made of this.#waiting.values()) made.reject(new DrawingError(String(reason)));
      this.#waiting.clear();
    };
    worker.once("error", onEnd);
    worker.once("exit", () => onEnd("The picture was given up."));
    return worker;
  }
}
