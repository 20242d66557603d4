import type { Clock } from "../../clock.ts";
import type { Faults } from "../admin/faults.ts";
import { ServerClosing } from "../shutdown.ts";
import { VertexError } from "../wire/errors.ts";
import type { ServerPorts, ServerSpec } from "./environment.ts";
import { type ModelAnswer, Replica, type ReplicaDependencies } from "./replica.ts";
import { RequestLog } from "./request-log.ts";

export interface DeploymentDependencies extends ReplicaDependencies {
  readonly clock: Clock;
  readonly faults: Faults;
}

export interface DeploymentSpec {
  /** Name of the deployed model: `…/endpoints/E/deployedModels/ID`. */
  readonly name: string;
  readonly folder: string;
  readonly server: (ports: ServerPorts) => ServerSpec;
  readonly replicas: number;
  /** How long it may take to become healthy. */
  readonly timeout: number;
}

/** Fault: what a broken deployed model answers. */
const broken = { status: 500, contentType: "text/plain", text: "The replica was made to fail." } as const;

/** A deployed model: its replicas, and which of them answers next. */
export class Deployment {
  readonly #spec: DeploymentSpec;
  readonly #dependencies: DeploymentDependencies;
  #replicas: Replica[] = [];
  #kept: Promise<void>[] = [];
  #next = 0;
  #broken = false;
  readonly requests: RequestLog = new RequestLog();

  constructor(spec: DeploymentSpec, dependencies: DeploymentDependencies) {
    this.#spec = spec;
    this.#dependencies = dependencies;
  }

  get availableReplicas(): number {
    return this.#replicas.filter(({ healthy }) => healthy).length;
  }

  /** Brings every replica up. When one dies or stays silent, all are ended and FAILED_PRECONDITION is thrown. */
  async start(signal: AbortSignal): Promise<void> {
    const { clock, faults } = this.#dependencies;
    await faults.delay("DeployedModel", this.#spec.name, clock, signal);
    this.#broken = faults.replicasBroken();
    await this.scale(this.#spec.replicas, signal);
  }

  async scale(count: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#dependencies;
    const removed = this.#replicas.splice(count);
    const added = Array.from({ length: count - this.#replicas.length }, (_, offset) =>
      this.#replica(this.#replicas.length + offset),
    );
    const late = new AbortController();
    const timer = clock.schedule(this.#spec.timeout, () =>
      late.abort(
        new VertexError(
          "FAILED_PRECONDITION",
          `Model server never became ready within ${this.#spec.timeout / 1000} seconds. Please validate that your model file or container configuration are valid.${added.map((replica) => replica.lastLines()).join("")}`,
        ),
      ),
    );
    try {
      await Promise.all([
        ...added.map((replica) => replica.start(AbortSignal.any([signal, late.signal]))),
        ...removed.map((replica) => replica.stop()),
      ]);
    } catch (error) {
      const closing = signal.reason instanceof ServerClosing;
      await Promise.all(added.map((replica) => (closing ? replica.close() : replica.stop())));
      throw error;
    } finally {
      timer.cancel();
    }
    this.#replicas.push(...added);
    this.#kept.push(...added.map((replica) => replica.keep()));
  }

  /** Brings up what an earlier server had deployed, without waiting for its health. */
  revive(): void {
    for (let index = 0; index < this.#spec.replicas; index++) {
      const replica = this.#replica(index);
      this.#replicas.push(replica);
      const starting = replica
        .start(AbortSignal.timeout(this.#spec.timeout))
        .catch((error: unknown) =>
          this.#dependencies.log(`A replica of ${this.#spec.name} didn't come up: ${String(error)}`),
        );
      this.#kept.push(starting.then(() => replica.keep()));
    }
  }

  /**
   * Sends a request to the next healthy replica. Throws UNAVAILABLE when there is none.
   *
   * @param predictions instances in the request
   */
  async request(body: Buffer, contentType: string, predictions = 1): Promise<ModelAnswer<Buffer>> {
    return this.#logged(predictions, async () => {
      const replica = this.#nextReplica();
      return this.#broken ? { ...broken, body: Buffer.from(broken.text) } : replica.request(body, contentType);
    });
  }

  /** The same, with the answer's body as it comes. */
  async stream(
    body: Buffer,
    contentType: string,
    signal: AbortSignal,
  ): Promise<ModelAnswer<AsyncIterable<Uint8Array>>> {
    return this.#logged(1, async () => {
      const replica = this.#nextReplica();
      if (!this.#broken) return replica.stream(body, contentType, signal);
      return {
        ...broken,
        body: (async function* () {
          yield Buffer.from(broken.text);
        })(),
      };
    });
  }

  /** A call of the next healthy replica by gRPC, its messages as bytes. */
  async *call(method: string, inputs: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
    const time = this.#dependencies.clock.now();
    const begin = performance.now();
    let status: number | null = null;
    try {
      const replica = this.#nextReplica();
      if (this.#broken) throw new VertexError("INTERNAL", broken.text);
      yield* replica.call(method, inputs, signal);
      status = 200;
    } finally {
      this.requests.add({ time, milliseconds: performance.now() - begin, status, predictions: 1 });
    }
  }

  async #logged<A extends { readonly status: number }>(predictions: number, ask: () => Promise<A>): Promise<A> {
    const time = this.#dependencies.clock.now();
    const begin = performance.now();
    let status: number | null = null;
    try {
      const answer = await ask();
      status = answer.status;
      return answer;
    } finally {
      this.requests.add({ time, milliseconds: performance.now() - begin, status, predictions });
    }
  }

  #nextReplica(): Replica {
    const healthy = this.#replicas.filter((replica) => replica.healthy);
    const replica = healthy[this.#next++ % Math.max(1, healthy.length)];
    if (replica === undefined) throw new VertexError("UNAVAILABLE", `${this.#spec.name} has no healthy replica.`);
    return replica;
  }

  replica(index: number): Replica {
    const replica = this.#replicas[index];
    if (replica === undefined) throw new VertexError("NOT_FOUND", `${this.#spec.name} has no replica ${index}.`);
    return replica;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.stop()));
    await Promise.all(this.#kept);
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.close()));
    await Promise.all(this.#kept);
  }

  #replica(index: number): Replica {
    const { name, folder, server } = this.#spec;
    return new Replica(name, index, folder, server, this.#dependencies);
  }
}
