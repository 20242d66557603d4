import type { Endpoints } from "../endpoints/endpoints.ts";
import type { DeployedModelRecord, EndpointRecord } from "../endpoints/records.ts";
import { chooseDeployedModel } from "../endpoints/traffic-split.ts";
import { type Code, VertexError } from "../wire/errors.ts";
import { fromValue, isArray, isObject, type Json, toValue, type ValueMessage } from "../wire/json.ts";
import { idOf, parseName } from "../wire/names.ts";
import type { CallContext, Methods } from "../wire/server.ts";

interface PredictRequest {
  readonly endpoint?: string;
  readonly instances?: readonly ValueMessage[];
  readonly parameters?: ValueMessage;
}

interface RawPredictRequest {
  readonly endpoint?: string;
  readonly httpBody?: { readonly contentType?: string; readonly data?: Buffer };
}

interface Answer {
  readonly deployed: DeployedModelRecord;
  readonly contentType: string;
  readonly body: Buffer;
}

/** PredictionService: each request goes to a deployed model chosen by the traffic split. `random` is from 0 up to 1. */
export function predictionService(
  endpoints: Endpoints,
  random: () => number,
): NonNullable<Methods["PredictionService"]> {
  const send = async (name: string | undefined, body: Buffer, contentType: string): Promise<Answer> => {
    const endpoint = endpoints.get(parseName(name, "endpoints"));
    const deployed = choose(endpoint, random());
    const response = await endpoints.deployment(endpoint.name, deployed.id).request(body, contentType);
    if (response.status >= 200 && response.status < 300) return { deployed, ...response };
    const text = response.body.toString("utf8").slice(0, 2_000);
    throw new VertexError(
      codeOf(response.status),
      `The model server of DeployedModel ${deployed.id} answered ${response.status}: ${text}`,
    );
  };
  return {
    Predict: async ({ endpoint, instances = [], parameters }: PredictRequest) => {
      const request = {
        instances: instances.map(fromValue),
        ...(parameters === undefined ? {} : { parameters: fromValue(parameters) }),
      };
      const { deployed, body } = await send(endpoint, Buffer.from(JSON.stringify(request)), "application/json");
      const { predictions, metadata } = parsePredictions(body);
      return {
        predictions: predictions.map(toValue),
        deployedModelId: deployed.id,
        model: deployed.model,
        modelVersionId: deployed.modelVersionId,
        modelDisplayName: deployed.displayName,
        ...(metadata === undefined ? {} : { metadata: toValue(metadata) }),
      };
    },
    RawPredict: async ({ endpoint, httpBody = {} }: RawPredictRequest, { responseHeaders }: CallContext) => {
      const { contentType = "application/json", data = Buffer.alloc(0) } = httpBody;
      const answer = await send(endpoint, Buffer.from(data), contentType);
      responseHeaders.set("x-vertex-ai-endpoint-id", idOf(endpoint ?? ""));
      responseHeaders.set("x-vertex-ai-deployed-model-id", answer.deployed.id);
      return { contentType: answer.contentType, data: answer.body };
    },
  };
}

function choose({ name, trafficSplit, deployedModels }: EndpointRecord, random: number): DeployedModelRecord {
  const id = chooseDeployedModel(trafficSplit, random);
  const deployed = deployedModels.find((candidate) => candidate.id === id);
  if (deployed === undefined)
    throw new VertexError("FAILED_PRECONDITION", `Endpoint ${name} doesn't have traffic_split.`);
  return deployed;
}

function parsePredictions(body: Buffer): { predictions: readonly Json[]; metadata?: Json } {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString("utf8"));
  } catch {
    answer = undefined;
  }
  const predictions = isObject(answer) ? answer["predictions"] : undefined;
  if (!isObject(answer) || predictions === undefined || !isArray(predictions)) {
    throw new VertexError(
      "INTERNAL",
      `The model server's answer should be {"predictions": […]}, but is: ${body.toString("utf8").slice(0, 500)}`,
    );
  }
  const { metadata } = answer;
  return { predictions, ...(metadata === undefined ? {} : { metadata }) };
}

/** google.rpc.Code of an HTTP status (https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto). */
function codeOf(status: number): Code {
  switch (status) {
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 503:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
  }
}
