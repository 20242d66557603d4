import type { Endpoints } from "../endpoints/endpoints.ts";
import type { CallContext, Methods } from "../wire/server.ts";
import { gather } from "./gather.ts";
import { modelServerError } from "./model-answer.ts";
import { chooseDeployed, tellWhoAnswered } from "./prediction-service.ts";

interface StreamRawPredictRequest {
  readonly endpoint?: string;
  readonly httpBody?: { readonly contentType?: string; readonly data?: Buffer };
}

/**
 * StreamRawPredict: the model server's answer, piece by piece as it comes
 * (https://cloud.google.com/vertex-ai/docs/predictions/get-online-predictions#raw-predict-request).
 */
export function streamingPrediction(
  endpoints: Endpoints,
  random: () => number,
): NonNullable<Methods["PredictionService"]> {
  return {
    StreamRawPredict: async (
      { endpoint: name, httpBody = {} }: StreamRawPredictRequest,
      { responseHeaders, signal }: CallContext,
    ) => {
      const { endpoint, deployed } = chooseDeployed(endpoints, name, random());
      const { contentType = "application/json", data = Buffer.alloc(0) } = httpBody;
      const answer = await endpoints
        .deployment(endpoint.name, deployed.id)
        .stream(Buffer.from(data), contentType, signal);
      if (answer.status < 200 || answer.status >= 300) {
        throw modelServerError(`DeployedModel ${deployed.id}`, answer.status, Buffer.concat(await gather(answer.body)));
      }
      tellWhoAnswered(responseHeaders, endpoint.name, deployed);
      return (async function* () {
        for await (const part of answer.body) yield { contentType: answer.contentType, data: Buffer.from(part) };
      })();
    },
  };
}
