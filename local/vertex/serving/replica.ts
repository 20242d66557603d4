import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Containers } from "../processes/containers.ts";
import { freePorts } from "../processes/ports.ts";
import { findProcess, interrupt, type ManagedProcess } from "../processes/process.ts";
import type { Settings } from "../settings.ts";
import type { Collection } from "../store/store.ts";
import { VertexError } from "../wire/errors.ts";
import type { ServerPorts, ServerSpec } from "./environment.ts";
import { gather } from "./gather.ts";
import { ModelServerChannel } from "./model-server-channel.ts";

/** What the store keeps of a replica. */
export interface ReplicaRecord {
  readonly key: string;
  /** Name of the deployed model. */
  readonly deployment: string;
  readonly port: number;
  readonly grpcPort?: number;
  readonly launches: number;
  readonly process: string;
}

/** What a model server answered. */
export interface ModelAnswer<Body> {
  readonly status: number;
  readonly contentType: string;
  readonly body: Body;
}

export interface ReplicaDependencies {
  readonly containers: Containers;
  readonly settings: Settings;
  readonly replicas: Collection<ReplicaRecord>;
  readonly log: (line: string) => void;
}

const bootPollMilliseconds = 50;
const healthPollMilliseconds = 1_000;
/** Before a server that has died starts again: doubled each time until it answers, as in a pod. */
const firstRestartPause = 500;
const longestRestartPause = 30_000;

/** One server process of a deployed model: kept alive, and asked for its health. */
export class Replica {
  /** Key in the store: endpoint, deployed model, index. */
  readonly #key: string;
  readonly #parent: string;
  readonly #folder: string;
  readonly #spec: (ports: ServerPorts) => ServerSpec;
  readonly #dependencies: ReplicaDependencies;
  readonly #stopping = new AbortController();
  #process: ManagedProcess | undefined;
  #ports: ServerPorts = { http: 0, grpc: 0 };
  #channel: ModelServerChannel | undefined;
  #answers = false;
  #forcedUnhealthy = false;
  #inFlight = 0;
  #restartPause = firstRestartPause;
  #drained: (() => void) | undefined;

  constructor(
    parent: string,
    index: number,
    folder: string,
    spec: (ports: ServerPorts) => ServerSpec,
    dependencies: ReplicaDependencies,
  ) {
    this.#key = `${parent}/${index}`;
    this.#parent = parent;
    this.#folder = join(folder, String(index));
    this.#spec = spec;
    this.#dependencies = dependencies;
  }

  get healthy(): boolean {
    return this.#answers && !this.#forcedUnhealthy;
  }

  /** Starts the process, or finds the one that an earlier server started, and waits until it answers its health route. */
  async start(signal: AbortSignal): Promise<void> {
    const process = await this.#adoptOrStart();
    this.#process = process;
    let exit: number | null | undefined;
    process.exited.then(
      (status) => {
        exit = status;
      },
      () => undefined,
    );
    while (!(await this.#probe())) {
      signal.throwIfAborted();
      this.#stopping.signal.throwIfAborted();
      if (exit !== undefined) {
        throw new VertexError(
          "FAILED_PRECONDITION",
          `Model server exited unexpectedly with status ${exit}.${this.#logs(process)}`,
        );
      }
      await wait(bootPollMilliseconds);
    }
    this.#answers = true;
  }

  /** What the model server last wrote, for an error. */
  lastLines(): string {
    return this.#process === undefined ? "" : this.#logs(this.#process);
  }

  /** Keeps it alive, until it is stopped. */
  async keep(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const process = this.#process;
      const ended = await Promise.race([
        process === undefined
          ? true
          : process.exited.then(
              () => true,
              () => true,
            ),
        wait(healthPollMilliseconds, false, { signal, ref: false }).catch(() => false),
      ]);
      if (signal.aborted) return;
      if (ended) await this.#restart(signal);
      else this.#answers = await this.#probe();
      if (this.#answers) this.#restartPause = firstRestartPause;
    }
  }

  async request(body: Buffer, contentType: string): Promise<ModelAnswer<Buffer>> {
    const answer = await this.stream(body, contentType, new AbortController().signal);
    return { ...answer, body: Buffer.concat(await gather(answer.body)) };
  }

  /** The answer's beginning; its body comes as the model server sends it, and has to be read to its end. */
  async stream(
    body: Buffer,
    contentType: string,
    signal: AbortSignal,
  ): Promise<ModelAnswer<AsyncIterable<Uint8Array>>> {
    const end = this.#begin();
    try {
      const { predictRoute } = this.#spec(this.#ports);
      const response = await fetch(`http://127.0.0.1:${this.#ports.http}${predictRoute}`, {
        method: "POST",
        headers: { "content-type": contentType },
        body: new Uint8Array(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#dependencies.settings.predictTimeout)]),
      });
      return {
        status: response.status,
        contentType: response.headers.get("content-type") ?? "application/octet-stream",
        body: this.#read(response, end),
      };
    } catch (error) {
      end();
      throw this.#failure(error);
    }
  }

  /**
   * A call of the model server by gRPC, its messages as bytes. Throws FAILED_PRECONDITION where the container has no
   * port for it, and what the model server refuses.
   */
  async *call(method: string, inputs: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
    if (!this.#spec(this.#ports).grpc)
      throw new VertexError(
        "FAILED_PRECONDITION",
        "gRPC requests to the container are disabled: its model's container_spec has no grpc_ports.",
      );
    const end = this.#begin();
    try {
      this.#channel ??= new ModelServerChannel(this.#ports.grpc);
      yield* this.#channel.call(method, inputs, AbortSignal.any([signal, this.#stopping.signal]));
    } finally {
      end();
    }
  }

  /** Counts a request, until what it gives is called. */
  #begin(): () => void {
    this.#inFlight++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#inFlight--;
      if (this.#inFlight === 0) this.#drained?.();
    };
  }

  async *#read(response: Response, end: () => void): AsyncGenerator<Uint8Array> {
    try {
      if (response.body !== null) yield* response.body;
    } catch (error) {
      throw this.#failure(error);
    } finally {
      end();
    }
  }

  #failure(error: unknown): VertexError {
    if (error instanceof VertexError) return error;
    if (error instanceof Error && error.name === "TimeoutError") {
      const { predictTimeout } = this.#dependencies.settings;
      return new VertexError("DEADLINE_EXCEEDED", `The model server took longer than ${predictTimeout} ms.`);
    }
    this.#answers = false;
    return new VertexError("UNAVAILABLE", `The model server didn't answer: ${String(error)}`);
  }

  /** Fault: its process ends; it comes up again by itself. */
  async fail(): Promise<void> {
    await this.#process?.stop(0);
  }

  /** Fault: it is taken for unhealthy, until told otherwise. */
  forceUnhealthy(unhealthy: boolean): void {
    this.#forcedUnhealthy = unhealthy;
  }

  /** Lets the requests under way end, streams for as long as a prediction may take, then ends the process for good. */
  async stop(): Promise<void> {
    this.#answers = false;
    if (this.#inFlight > 0) {
      const drained = new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
      await Promise.race([drained, wait(this.#dependencies.settings.predictTimeout, undefined, { ref: false })]);
    }
    this.#stopping.abort(new VertexError("UNAVAILABLE", "The model server is ended."));
    this.#channel?.close();
    await this.#process?.stop(this.#dependencies.settings.killGrace);
    this.#dependencies.replicas.delete(this.#key);
  }

  /** Ends the process, for the next server to bring it up again. */
  async close(): Promise<void> {
    this.#stopping.abort(new VertexError("UNAVAILABLE", "The server is ended."));
    this.#channel?.close();
    this.#answers = false;
    if (this.#process !== undefined) await interrupt(this.#process, this.#dependencies.settings.killGrace);
  }

  async #restart(signal: AbortSignal): Promise<void> {
    this.#answers = false;
    this.#dependencies.log(`A replica of ${this.#parent} has ended; it is started again.${this.lastLines()}`);
    const pause = this.#restartPause;
    this.#restartPause = Math.min(pause * 2, longestRestartPause);
    await wait(pause, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      this.#process = await this.#launch();
    } catch (error) {
      this.#dependencies.log(`A replica of ${this.#parent} could not be started: ${String(error)}`);
      this.#process = undefined;
    }
  }

  async #adoptOrStart(): Promise<ManagedProcess> {
    const known = this.#dependencies.replicas.get(this.#key);
    const found = known === undefined ? undefined : await findProcess(known.process);
    if (known === undefined || found?.kind !== "running") return this.#launch();
    this.#ports = { http: known.port, grpc: known.grpcPort ?? 0 };
    return found.process;
  }

  async #launch(): Promise<ManagedProcess> {
    const { containers, replicas } = this.#dependencies;
    const [port = 0, grpcPort = 0] = await freePorts(2);
    this.#ports = { http: port, grpc: grpcPort };
    this.#channel?.close();
    this.#channel = undefined;
    const launches = (replicas.get(this.#key)?.launches ?? 0) + 1;
    const folder = join(this.#folder, String(launches));
    replicas.put(this.#key, this.#parent, {
      key: this.#key,
      deployment: this.#parent,
      port,
      grpcPort,
      launches,
      process: folder,
    });
    return containers.start(this.#spec(this.#ports), folder);
  }

  /** By HTTP; one that takes gRPC may say by that alone that it serves. */
  async #probe(): Promise<boolean> {
    const { healthRoute, grpc } = this.#spec(this.#ports);
    if (await this.#probeHttp(healthRoute)) return true;
    if (!grpc) return false;
    const channel = new ModelServerChannel(this.#ports.grpc);
    try {
      return await channel.isHealthy(5_000);
    } finally {
      channel.close();
    }
  }

  async #probeHttp(healthRoute: string): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.#ports.http}${healthRoute}`, {
        signal: AbortSignal.timeout(5_000),
      });
      await response.arrayBuffer();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  #logs(process: ManagedProcess): string {
    const lines = process.lastLines();
    return `${lines === "" ? "" : `\n${lines}\n`} Model server logs can be found at ${process.directory}`;
  }
}
