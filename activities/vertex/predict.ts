import type { RequestForm } from "../../pipelines/promote/serve.ts";
import type { Clients } from "../clients/clients.ts";
import { endpointPath } from "./names.ts";
import { instanceOf } from "./request-form.ts";
import { fromProtobufValue, toProtobufValue } from "./values.ts";

/** One answer of the trainer's contract. */
export interface Prediction {
  readonly label: string;
  readonly score: number;
}

export interface Answer {
  /** The deployed model that answered. */
  readonly deployedModelId: string;
  readonly milliseconds: number;
  readonly prediction: unknown;
}

/** Sends one text through an endpoint. Throws what the client throws; no more than `timeout` milliseconds. */
export async function predict(
  clients: Clients,
  endpoint: string,
  text: string,
  timeout: number,
  form: RequestForm = "trainer",
): Promise<Answer> {
  const predictions = await clients.vertex.predictions();
  const name = endpointPath(clients.environment, endpoint);
  const begin = performance.now();
  // A retry would hide the error that is to be counted.
  const [response] = await predictions.predict(
    { endpoint: name, instances: [toProtobufValue(instanceOf(form, text))] },
    { timeout, maxRetries: 0 },
  );
  const [first] = response.predictions ?? [];
  return {
    deployedModelId: response.deployedModelId ?? "",
    milliseconds: performance.now() - begin,
    prediction: first ? fromProtobufValue(first) : undefined,
  };
}

/** Nearest rank; 0 of nothing. */
export function p95(milliseconds: readonly number[]): number {
  const sorted = [...milliseconds].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
}
