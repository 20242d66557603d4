import type { Endpoints } from "../endpoints/endpoints.ts";
import type { DeployedModelRecord, EndpointRecord } from "../endpoints/records.ts";
import { VertexError } from "../wire/errors.ts";
import { isArray, isObject, type Json } from "../wire/json.ts";
import type { CallContext, Methods } from "../wire/server.ts";
import { gather } from "./gather.ts";
import { modelServerError, parsePredictions } from "./model-answer.ts";
import { chooseDeployed } from "./prediction-service.ts";
import { readValues } from "./streamed-values.ts";
import { fromTensor, type TensorMessage, toTensor } from "./tensors.ts";

interface TensorRequest {
  readonly endpoint?: string;
  readonly inputs?: readonly TensorMessage[];
  readonly parameters?: TensorMessage;
}
interface TensorAnswer {
  readonly outputs: readonly TensorMessage[];
}

/**
 * The predictions of tensors. On Vertex they serve Google's own models and frameworks, and no document says what a
 * custom container gets; here it gets what Predict sends: `{"instances": […], "parameters": …}` at its predict route.
 * A streamed answer is one message for each JSON value of the container's: lines, or server-sent events.
 */
export function tensorPrediction(
  endpoints: Endpoints,
  random: () => number,
): NonNullable<Methods["PredictionService"]> {
  const choose = ({ endpoint }: TensorRequest): Chosen => chooseDeployed(endpoints, endpoint, random());

  async function* predict(chosen: Chosen, request: TensorRequest, signal: AbortSignal): AsyncGenerator<TensorAnswer> {
    const deployment = endpoints.deployment(chosen.endpoint.name, chosen.deployed.id);
    const answer = await deployment.stream(bodyOf(request), "application/json", signal);
    if (answer.status < 200 || answer.status >= 300)
      throw modelServerError(
        `DeployedModel ${chosen.deployed.id}`,
        answer.status,
        Buffer.concat(await gather(answer.body)),
      );
    for await (const value of readValues(answer.contentType, answer.body))
      yield { outputs: outputsOf(value).map(toTensor) };
  }

  const stream = (requests: AsyncIterable<TensorRequest>, { signal }: CallContext) =>
    (async function* () {
      let chosen: Chosen | undefined;
      for await (const request of requests) {
        // The whole stream goes to one model.
        chosen ??= choose(request);
        yield* predict(chosen, request, signal);
      }
    })();

  return {
    DirectPredict: async (request: TensorRequest) => {
      const { endpoint, deployed } = choose(request);
      const answer = await endpoints
        .deployment(endpoint.name, deployed.id)
        .request(bodyOf(request), "application/json", request.inputs?.length);
      if (answer.status < 200 || answer.status >= 300)
        throw modelServerError(`DeployedModel ${deployed.id}`, answer.status, answer.body);
      return { outputs: parsePredictions(answer.body).predictions.map(toTensor) };
    },
    ServerStreamingPredict: (request: TensorRequest, { signal }: CallContext) =>
      predict(choose(request), request, signal),
    StreamingPredict: stream,
    StreamDirectPredict: stream,
  };
}

interface Chosen {
  readonly endpoint: EndpointRecord;
  readonly deployed: DeployedModelRecord;
}

function bodyOf({ inputs = [], parameters }: TensorRequest): Buffer {
  if (inputs.length === 0) throw new VertexError("INVALID_ARGUMENT", "inputs: at least one is required.");
  const given = parameters === undefined ? {} : { parameters: fromTensor(parameters) };
  return Buffer.from(JSON.stringify({ instances: inputs.map(fromTensor), ...given }));
}

function outputsOf(value: Json): readonly Json[] {
  const predictions = isObject(value) ? value["predictions"] : undefined;
  return predictions !== undefined && isArray(predictions) ? predictions : [value];
}
