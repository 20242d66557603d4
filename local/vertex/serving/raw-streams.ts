import type { Endpoints } from "../endpoints/endpoints.ts";
import { VertexError } from "../wire/errors.ts";
import type { CallContext, Methods } from "../wire/server.ts";
import { gather } from "./gather.ts";
import { chooseDeployed, tellWhoAnswered } from "./prediction-service.ts";

interface RawRequest {
  readonly endpoint?: string;
  readonly methodName?: string;
  readonly input?: Buffer;
}

/**
 * DirectRawPredict and the raw streams: a gRPC method of the custom container, by its name, with bytes in and out
 * (https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints/directRawPredict).
 */
export function rawStreams(endpoints: Endpoints, random: () => number): NonNullable<Methods["PredictionService"]> {
  const open = (
    { endpoint: name, methodName }: RawRequest,
    inputs: AsyncIterable<Buffer>,
    { responseHeaders, signal }: CallContext,
  ) => {
    const method = parseMethodName(methodName);
    const { endpoint, deployed } = chooseDeployed(endpoints, name, random());
    tellWhoAnswered(responseHeaders, endpoint.name, deployed);
    return endpoints.deployment(endpoint.name, deployed.id).call(method, inputs, signal);
  };
  const stream = async (requests: AsyncIterable<RawRequest>, context: CallContext) => {
    const iterator = requests[Symbol.asyncIterator]();
    const first = await iterator.next();
    if (first.done) throw new VertexError("INVALID_ARGUMENT", "The first message should name the endpoint.");
    const outputs = open(first.value, inputsOf(first.value, { [Symbol.asyncIterator]: () => iterator }), context);
    return (async function* () {
      for await (const output of outputs) yield { output };
    })();
  };
  return {
    DirectRawPredict: async (request: RawRequest, context: CallContext) => {
      const [output, ...more] = await gather(open(request, inputsOf(request, nothing()), context));
      if (output === undefined || more.length > 0)
        throw new VertexError("INTERNAL", `${request.methodName} should answer one message, as a unary method does.`);
      return { output };
    },
    StreamDirectRawPredict: stream,
    StreamingRawPredict: stream,
  };
}

async function* inputsOf(first: RawRequest, rest: AsyncIterable<RawRequest>): AsyncGenerator<Buffer> {
  // A first message may only say where the stream goes.
  if (first.input !== undefined) yield Buffer.from(first.input);
  for await (const { input } of rest) if (input !== undefined) yield Buffer.from(input);
}

async function* nothing(): AsyncGenerator<never> {}

/** `/namespace.Service/Method`, perhaps with a slash at its end. */
function parseMethodName(name = ""): string {
  const [, method] = /^(\/[\w.]+\/\w+)\/?$/.exec(name) ?? [];
  if (method === undefined)
    throw new VertexError("INVALID_ARGUMENT", `method_name: "${name}" should be /namespace.Service/Method`);
  return method;
}
