import { type Code, VertexError } from "../wire/errors.ts";
import { isArray, isObject, type Json } from "../wire/json.ts";

export interface Predictions {
  readonly predictions: readonly Json[];
  readonly metadata?: Json;
}

/** A model server's answer to instances. Throws INTERNAL when it isn't `{"predictions": […]}`. */
export function parsePredictions(body: Buffer): Predictions {
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

/** What a model server refused, or how it broke. */
export function modelServerError(deployed: string, status: number, body: Buffer): VertexError {
  const text = body.toString("utf8").slice(0, 2_000);
  return new VertexError(codeOf(status), `The model server of ${deployed} answered ${status}: ${text}`);
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
