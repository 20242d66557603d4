import type { Endpoints } from "../endpoints/endpoints.ts";
import type { DeployedModelRecord, EndpointRecord } from "../endpoints/records.ts";
import { chooseDeployedModel } from "../endpoints/traffic-split.ts";
import { unimplemented, VertexError } from "../wire/errors.ts";
import { fromValue, toValue, type ValueMessage } from "../wire/json.ts";
import { idOf, parseName } from "../wire/names.ts";
import type { CallContext, Methods } from "../wire/server.ts";
import { modelServerError, parsePredictions } from "./model-answer.ts";

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
  const send = async (
    name: string | undefined,
    body: Buffer,
    contentType: string,
    predictions = 1,
  ): Promise<Answer> => {
    const { endpoint, deployed } = chooseDeployed(endpoints, name, random());
    const response = await endpoints.deployment(endpoint.name, deployed.id).request(body, contentType, predictions);
    if (response.status >= 200 && response.status < 300) return { deployed, ...response };
    throw modelServerError(`DeployedModel ${deployed.id}`, response.status, response.body);
  };
  return {
    Predict: async ({ endpoint, instances = [], parameters }: PredictRequest) => {
      const request = {
        instances: instances.map(fromValue),
        ...(parameters === undefined ? {} : { parameters: fromValue(parameters) }),
      };
      const { deployed, body } = await send(
        endpoint,
        Buffer.from(JSON.stringify(request)),
        "application/json",
        instances.length,
      );
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
      tellWhoAnswered(responseHeaders, endpoint ?? "", answer.deployed);
      return { contentType: answer.contentType, data: answer.body };
    },
  };
}

/** The headers of a raw prediction, which Google's Python client reads. */
export function tellWhoAnswered(headers: Map<string, string>, endpoint: string, deployed: DeployedModelRecord): void {
  headers.set("x-vertex-ai-endpoint-id", idOf(endpoint));
  headers.set("x-vertex-ai-deployed-model-id", deployed.id);
  headers.set("x-vertex-ai-model", deployed.model);
  headers.set("x-vertex-ai-model-version-id", deployed.modelVersionId);
}

/** Throws FAILED_PRECONDITION when nothing has traffic, UNIMPLEMENTED for a model of Google's. */
export function chooseDeployed(
  endpoints: Endpoints,
  name: string | undefined,
  random: number,
): { readonly endpoint: EndpointRecord; readonly deployed: DeployedModelRecord } {
  if (/\/publishers\//.test(name ?? "")) throw unimplemented(`a publisher's model, ${name},`);
  const endpoint = endpoints.get(parseName(name, "endpoints"));
  const id = chooseDeployedModel(endpoint.trafficSplit, random);
  const deployed = endpoint.deployedModels.find((candidate) => candidate.id === id);
  if (deployed === undefined)
    throw new VertexError("FAILED_PRECONDITION", `Endpoint ${endpoint.name} doesn't have traffic_split.`);
  return { endpoint, deployed };
}
