import type { Clients } from "../clients/clients.ts";
import { endpointPath } from "./names.ts";
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
export async function predict(clients: Clients, endpoint: string, text: string, timeout: number): Promise<Answer> {
  const predictions = await clients.vertex.predictions();
  const name = endpointPath(clients.environment, endpoint);
  const begin = performance.now();
  // A retry would hide the error that is to be counted.
  const [response] = await predictions.predict(
    { endpoint: name, instances: [toProtobufValue(text)] },
    { timeout, maxRetries: 0 },
  );
  const [first] = response.predictions ?? [];
  return {
    deployedModelId: response.deployedModelId ?? "",
    milliseconds: performance.now() - begin,
    prediction: first ? fromProtobufValue(first) : undefined,
  };
}

/** What is wrong with an answer, in words; null when it keeps the contract. */
export function flawOf(prediction: unknown, labels: ReadonlySet<string> | null): string | null {
  if (typeof prediction !== "object" || prediction === null) return "it gave no prediction";
  const { label, score, text, finishReason } = prediction as Readonly<Record<string, unknown>>;
  if (text !== undefined) {
    if (typeof text !== "string") return "its text is no text";
    return finishReason === "stop" || finishReason === "length" ? null : `it ended by ${String(finishReason)}`;
  }
  if (typeof label !== "string") return "its prediction has no label";
  if (typeof score !== "number" || !(score >= 0 && score <= 1))
    return `its score is ${String(score)}, not a probability`;
  if (labels !== null && !labels.has(label)) return `its label ${label} is none of the model's`;
  return null;
}

/** Nearest rank; 0 of nothing. */
export function p95(milliseconds: readonly number[]): number {
  const sorted = [...milliseconds].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
}
