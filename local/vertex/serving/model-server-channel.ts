import { once } from "node:events";
import { Client, type ClientDuplexStream, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { type Code, codes, VertexError } from "../wire/errors.ts";

const asItIs = (bytes: Buffer): Buffer => bytes;
/** grpc.health.v1.HealthCheckResponse with status SERVING (https://grpc.io/docs/guides/health-checking/). */
const serving = Buffer.from([0x08, 0x01]);

/** gRPC with a model server, its messages as bytes: what they mean is between the client and the model. */
export class ModelServerChannel {
  readonly #client: Client;

  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
      // Asked before the model server listened, it would refuse calls for seconds after.
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 100,
    });
  }

  /**
   * Calls a method, unary or streaming in either direction: on the wire they differ only in how many messages there are.
   * Throws a {@link VertexError} with the model server's code.
   */
  async *call(method: string, inputs: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
    const stream = this.#client.makeBidiStreamRequest(method, asItIs, asItIs);
    const cancel = () => stream.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    let failed: unknown;
    const sent = send(stream, inputs, signal).catch((error: unknown) => {
      failed = error;
      stream.cancel();
    });
    try {
      for await (const part of stream) yield part as Buffer;
      await sent;
    } catch (error) {
      throw signal.aborted ? signal.reason : failed instanceof VertexError ? failed : refusal(error);
    } finally {
      signal.removeEventListener("abort", cancel);
      stream.cancel();
    }
  }

  async isHealthy(milliseconds: number): Promise<boolean> {
    try {
      const empty = (async function* () {
        yield Buffer.alloc(0);
      })();
      for await (const answer of this.call("/grpc.health.v1.Health/Check", empty, AbortSignal.timeout(milliseconds)))
        return answer.equals(serving);
    } catch {
      // It doesn't answer yet.
    }
    return false;
  }

  close(): void {
    this.#client.close();
  }
}

async function send(
  stream: ClientDuplexStream<Buffer, Buffer>,
  inputs: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  for await (const input of inputs) if (!stream.write(input)) await once(stream, "drain", { signal });
  stream.end();
}

function refusal(error: unknown): VertexError {
  const { code, details } = error as Partial<ServiceError>;
  const name = status[code ?? status.UNKNOWN] as Code;
  return new VertexError(
    codes.includes(name) ? name : "UNKNOWN",
    `The model server answered ${name}: ${details || String(error)}`,
  );
}
