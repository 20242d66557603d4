import type { Clock } from "../../clock.ts";
import { Cancelled } from "../shutdown.ts";
import type { Collection, Store } from "../store/store.ts";
import { notFound, type Status, VertexError } from "../wire/errors.ts";
import { type ListFields, type ListRequest, listPage } from "../wire/list.ts";
import { newNumericId } from "../wire/names.ts";
import type { ApiVersion } from "../wire/protos.ts";
import type { Answer, Methods } from "../wire/server.ts";
import { fromDuration, type TimeMessage, toTime } from "../wire/time.ts";

/** A message with its type, as protobufjs packs it into an Any. */
export interface AnyMessage {
  readonly "@type": string;
  readonly [field: string]: unknown;
}

/** google.longrunning.Operation, as it is stored and sent. */
export interface OperationRecord {
  readonly name: string;
  readonly metadata: AnyMessage;
  readonly done: boolean;
  readonly response?: AnyMessage;
  readonly error?: Status;
  /** Of the client that began it, whose messages it holds; v1 where left out. */
  readonly apiVersion?: ApiVersion;
}

const types = "type.googleapis.com/google.cloud.aiplatform.v1";

export function aiplatform(type: string, fields: object): AnyMessage {
  return { "@type": `${types}.${type}`, ...fields };
}

export const empty: AnyMessage = { "@type": "type.googleapis.com/google.protobuf.Empty" };

const longestWait = 60_000;

const fields: ListFields<OperationRecord> = {
  name: ({ name }) => name,
  labels: () => ({}),
  fields: {
    name: { kind: "text", of: ({ name }) => name },
    done: { kind: "text", of: ({ done }) => String(done) },
  },
  orders: { create_time: createTimeOf },
  defaultOrder: "create_time desc",
};

function createTimeOf({ metadata }: OperationRecord): number | undefined {
  const { createTime } = (metadata["genericMetadata"] ?? {}) as { createTime?: TimeMessage };
  return createTime === undefined ? undefined : fromDuration(createTime);
}

/** What an operation does; it throws the signal's reason when it is cancelled. */
type Work = (operation: string, cancelled: AbortSignal) => Promise<AnyMessage>;

/** Long-running operations: work that goes on after its method has answered. */
export class Operations {
  readonly #operations: Collection<OperationRecord>;
  readonly #clock: Clock;
  readonly #running = new Map<string, { readonly done: Promise<void>; readonly abort: AbortController }>();

  constructor(store: Store, clock: Clock) {
    this.#operations = store.collection("operations");
    this.#clock = clock;
  }

  /**
   * Registers an operation on a resource; `work` gives its response, or throws its error.
   *
   * @param metadata what the operation tells beside its times
   */
  start(resource: string, metadataType: string, work: Work, metadata: object = {}): OperationRecord {
    const name = `${resource}/operations/${newNumericId()}`;
    const now = toTime(this.#clock.now());
    const genericMetadata = { createTime: now, updateTime: now };
    const record = { name, metadata: aiplatform(metadataType, { genericMetadata, ...metadata }), done: false };
    this.#operations.put(name, resource, record);
    this.resume(name, work);
    return record;
  }

  /** An operation whose work is done already. */
  finished(resource: string, metadataType: string, response: AnyMessage): OperationRecord {
    const name = `${resource}/operations/${newNumericId()}`;
    const now = toTime(this.#clock.now());
    const genericMetadata = { createTime: now, updateTime: now };
    const record = { name, metadata: aiplatform(metadataType, { genericMetadata }), done: true, response };
    this.#operations.put(name, resource, record);
    return record;
  }

  /** Takes up the work of an operation that an earlier server began. */
  resume(name: string, work: Work): void {
    const abort = new AbortController();
    const done = Promise.resolve()
      .then(() => work(name, abort.signal))
      .then(
        (response) => this.#finish(name, { response }),
        (error: unknown) => {
          if (error instanceof Error && error.name === "ServerClosing") return;
          const cancelled = error instanceof Cancelled;
          const failure = cancelled ? new VertexError("CANCELLED", error.message) : VertexError.from(error);
          this.#finish(name, { error: failure.toStatus() });
        },
      )
      .finally(() => this.#running.delete(name));
    this.#running.set(name, { done, abort });
  }

  /** Names of the operations of a kind that the last server left under way. */
  unfinished(metadataType: string): string[] {
    const type = `${types}.${metadataType}`;
    return this.#operations
      .list()
      .flatMap(({ name, done, metadata }) => (!done && metadata["@type"] === type ? [name] : []));
  }

  /** Those under way when the last server ended, and not resumed: they fail, so that nobody waits forever. */
  abandonOthers(resumed: ReadonlySet<string>): void {
    for (const { name, done } of this.#operations.list()) {
      if (done || resumed.has(name)) continue;
      this.#finish(name, { error: new VertexError("ABORTED", "The server was restarted; try again.").toStatus() });
    }
  }

  get(name: string): OperationRecord {
    const operation = this.#operations.get(name);
    if (operation === undefined) throw notFound("Operation", name);
    return operation;
  }

  /** Waits until an operation is done, and gives it; rejects with the signal's reason. */
  async ended(name: string, signal: AbortSignal): Promise<OperationRecord> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([this.#running.get(name)?.done, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    const operation = this.get(name);
    // The server is leaving: the next one goes on with it.
    if (!operation.done) signal.throwIfAborted();
    return operation;
  }

  /** Asks the work of an operation to stop; returns at once. */
  cancel(name: string): void {
    this.get(name);
    this.#running.get(name)?.abort.abort(new Cancelled("The operation was cancelled."));
  }

  methods(): NonNullable<Methods["Operations"]> {
    return {
      GetOperation: ({ name = "" }: { name?: string }) => inVersion(this.get(name)),
      ListOperations: ({ name = "", ...request }: ListRequest & { name?: string }) => {
        const below = this.#operations.list().filter((operation) => operation.name.startsWith(`${name}/`));
        const { items, nextPageToken } = listPage(below, request, fields);
        return { operations: items.map(inVersion), nextPageToken };
      },
      WaitOperation: async ({ name = "", timeout }: { name?: string; timeout?: TimeMessage }, { signal }) => {
        this.get(name);
        const limit = timeout === undefined ? longestWait : Math.min(fromDuration(timeout), longestWait);
        const over = new AbortController();
        const waited = this.#clock.sleep(limit, AbortSignal.any([over.signal, signal])).catch(() => undefined);
        await Promise.race([this.#running.get(name)?.done, waited]);
        over.abort();
        return inVersion(this.get(name));
      },
      CancelOperation: ({ name = "" }: { name?: string }) => this.cancel(name),
      DeleteOperation: ({ name = "" }: { name?: string }) => {
        this.get(name);
        this.#operations.delete(name);
      },
    };
  }

  /** An answer as a client of that version reads it; an operation that it has begun remembers whose it is. */
  answer(answer: Answer, apiVersion: ApiVersion): Answer {
    if (apiVersion === "v1" || typeof answer !== "object" || !("name" in answer)) return answer;
    const operation = this.#operations.get(String(answer.name));
    if (operation === undefined) return answer;
    const spoken = { ...operation, apiVersion };
    this.#operations.put(operation.name, "", spoken);
    return inVersion(spoken);
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #finish(name: string, result: Pick<OperationRecord, "response" | "error">): void {
    const operation = this.#operations.get(name);
    if (operation === undefined) return;
    const generic = operation.metadata["genericMetadata"] as object;
    const metadata = { ...operation.metadata, genericMetadata: { ...generic, updateTime: toTime(this.#clock.now()) } };
    this.#operations.put(name, "", { ...operation, ...result, metadata, done: true });
  }
}

/** An operation with the messages of its client's version. */
function inVersion(operation: OperationRecord): OperationRecord {
  const { apiVersion = "v1", metadata, response } = operation;
  if (apiVersion === "v1") return operation;
  const typed = (message: AnyMessage): AnyMessage => ({
    ...message,
    "@type": message["@type"].replace(`${types}.`, `type.googleapis.com/google.cloud.aiplatform.${apiVersion}.`),
  });
  return { ...operation, metadata: typed(metadata), ...(response !== undefined && { response: typed(response) }) };
}
