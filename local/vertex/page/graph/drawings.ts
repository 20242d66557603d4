import { createHash } from "node:crypto";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Drawing } from "../../../../specs/graph/index.ts";
import type { JsonObject } from "../../wire/json.ts";
import type { Lineage } from "../metadata/lineage.ts";

/** What can be drawn. */
export type Subject =
  /** A pipeline, with the steps at some paths as one card each. */
  | { readonly kind: "pipeline"; readonly spec: JsonObject; readonly closed: readonly string[] }
  | { readonly kind: "lineage"; readonly lineage: Lineage; readonly chosen: string };

export interface Question {
  readonly id: number;
  readonly subject: Subject;
}
export type Answer =
  | { readonly id: number; readonly drawing: Drawing }
  | { readonly id: number; readonly error: string };

/** What the browser gets: the picture, or why there is none. */
export type Drawn = Drawing | { readonly problem: string };

/** Something can't be drawn. */
class DrawingError extends Error {
  override readonly name = "DrawingError";
  readonly code = "NOT_DRAWN";
}

/** As many are kept as a person may look at in turn. */
const kept = 32;

/** Pictures, each made once. */
export class Drawings {
  readonly #made = new Map<string, Promise<Drawing>>();
  readonly #waiting = new Map<number, PromiseWithResolvers<Drawing>>();
  #worker: Worker | undefined;
  #asked = 0;

  async pipeline(spec: JsonObject, closed: readonly string[]): Promise<Drawn> {
    return this.#draw({ kind: "pipeline", spec, closed }, "The pipeline");
  }

  /** @param chosen name of the resource that it is about */
  async lineage(lineage: Lineage, chosen: string): Promise<Drawn> {
    return this.#draw({ kind: "lineage", lineage, chosen }, "The lineage");
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  async #draw(subject: Subject, what: string): Promise<Drawn> {
    try {
      return await this.#get(subject);
    } catch (error) {
      if (!(error instanceof DrawingError)) throw error;
      return { problem: `${what} can’t be drawn: ${error.message}` };
    }
  }

  #get(subject: Subject): Promise<Drawing> {
    const key = createHash("sha256").update(JSON.stringify(subject)).digest("hex");
    const drawing = this.#made.get(key) ?? this.#make(subject);
    // The last one asked for is the last to go; what failed is tried again.
    this.#made.delete(key);
    this.#made.set(key, drawing);
    drawing.catch(() => this.#made.delete(key));
    const [oldest] = this.#made.keys();
    if (this.#made.size > kept && oldest !== undefined) this.#made.delete(oldest);
    return drawing;
  }

  #make(subject: Subject): Promise<Drawing> {
    const id = this.#asked++;
    const made = Promise.withResolvers<Drawing>();
    this.#waiting.set(id, made);
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id, subject } satisfies Question);
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
