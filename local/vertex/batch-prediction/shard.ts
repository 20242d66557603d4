import { VertexError } from "../wire/errors.ts";
import type { Json } from "../wire/json.ts";
import type { InputRecord } from "./input.ts";
import { type Instance, toInstance } from "./instance.ts";
import type { Lines } from "./output.ts";
import type { Predictor } from "./predictor.ts";
import { type BatchPredictionJobMessage, defaultBatchSize } from "./records.ts";
import type { Tally } from "./tally.ts";

export interface ShardParts {
  readonly predictor: Predictor;
  readonly results: Lines;
  readonly errors: Lines;
  readonly tally: Tally;
}

/** A part of a job's input: sent in batches, one after the other. */
export class Shard {
  readonly #message: BatchPredictionJobMessage;
  readonly #parts: ShardParts;
  readonly #signal: AbortSignal;

  constructor(message: BatchPredictionJobMessage, parts: ShardParts, signal: AbortSignal) {
    this.#message = message;
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Every instance ends in the results or among the errors. Throws only the signal's reason, or what a file failed with. */
  async run(records: AsyncIterable<InputRecord>): Promise<void> {
    const size = this.#message.manualBatchTuningParameters?.batchSize || defaultBatchSize;
    let batch: Instance[] = [];
    for await (const record of records) {
      this.#signal.throwIfAborted();
      const instance = await this.#read(record);
      if (instance !== undefined) batch.push(instance);
      if (batch.length < size) continue;
      await this.#send(batch);
      batch = [];
    }
    if (batch.length > 0) await this.#send(batch);
  }

  async #read(record: InputRecord): Promise<Instance | undefined> {
    try {
      if (record.kind === "unreadable") throw new VertexError("INVALID_ARGUMENT", record.reason);
      return toInstance(record, this.#message.instanceConfig);
    } catch (error) {
      await this.#fail([{ instance: originalOf(record) }], error);
      return undefined;
    }
  }

  async #send(batch: readonly Instance[]): Promise<void> {
    const { predictor, results, tally } = this.#parts;
    let predictions: readonly Json[];
    try {
      predictions = await predictor.predict(
        batch.map(({ sent }) => sent),
        this.#signal,
      );
    } catch (error) {
      this.#signal.throwIfAborted();
      return this.#fail(
        batch.map(({ told }) => told),
        error,
      );
    }
    for (const [index, prediction] of predictions.entries()) await results.write({ ...batch[index]?.told, prediction });
    tally.succeeded(batch.length);
  }

  async #fail(told: readonly Instance["told"][], thrown: unknown): Promise<void> {
    const error = VertexError.from(thrown);
    const { code, message } = error.toStatus();
    for (const one of told) await this.#parts.errors.write({ ...one, error: { code, message } });
    this.#parts.tally.failed(told.length, error);
  }
}

function originalOf(record: InputRecord): Json {
  switch (record.kind) {
    case "value":
      return record.value;
    case "row":
      return Object.fromEntries(record.cells);
    case "file":
      return record.uri;
    case "unreadable":
      return record.text;
  }
}
