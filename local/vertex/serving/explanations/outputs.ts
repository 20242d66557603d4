import { VertexError } from "../../wire/errors.ts";
import { fromValue, isArray, isObject, type Json } from "../../wire/json.ts";
import type { ExplanationSpecMessage } from "./spec.ts";

/** A number in a prediction that is explained. */
export interface Output {
  /** Key of the output in the spec's metadata. */
  readonly name: string;
  /** Where it stands; empty for a scalar. */
  readonly index: readonly number[];
  readonly displayName?: string;
}

/**
 * Which outputs of a prediction are explained: those of `output_indices`, the `top_k` highest, or the highest one
 * (https://cloud.google.com/vertex-ai/docs/reference/rest/v1/ExplanationSpec#ExplanationParameters).
 */
export function chooseOutputs(prediction: Json, spec: ExplanationSpecMessage): Output[] {
  const [name = ""] = Object.keys(spec.metadata?.outputs ?? {});
  const value = outputValue(prediction, name);
  if (value === undefined || !isArray(value)) return [{ name, index: [] }];
  const { topK = 1, outputIndices } = spec.parameters ?? {};
  const asked = outputIndices?.values?.map((one) => Number(fromValue(one)));
  const ranked = value.map((_, index) => index).sort((a, b) => Number(value[b]) - Number(value[a]));
  const chosen = asked ?? (topK === -1 ? ranked : ranked.slice(0, topK || 1));
  const names = displayNames(prediction, spec, name);
  return chosen.map((index): Output => {
    const displayName = names?.[index];
    return { name, index: [index], ...(typeof displayName === "string" && { displayName }) };
  });
}

/** Throws INVALID_ARGUMENT where the prediction has no such number. */
export function numberAt(prediction: Json, { name, index }: Output): number {
  const value = index.reduce<Json | undefined>(
    (inner, at) => (inner as readonly Json[] | undefined)?.[at],
    outputValue(prediction, name),
  );
  if (typeof value === "number") return value;
  throw new VertexError(
    "INVALID_ARGUMENT",
    `explanation_spec.metadata.outputs: "${name}" should name numbers of a prediction, which is ${JSON.stringify(prediction).slice(0, 200)}`,
  );
}

/** A prediction that is no object is the output itself, whatever its name. */
function outputValue(prediction: Json, name: string): Json | undefined {
  return isObject(prediction) ? prediction[name] : prediction;
}

function displayNames(
  prediction: Json,
  { metadata }: ExplanationSpecMessage,
  name: string,
): readonly Json[] | undefined {
  const { indexDisplayNameMapping, displayNameMappingKey = "" } = metadata?.outputs?.[name] ?? {};
  const names =
    indexDisplayNameMapping === undefined
      ? isObject(prediction)
        ? prediction[displayNameMappingKey]
        : undefined
      : fromValue(indexDisplayNameMapping);
  return names !== undefined && isArray(names) ? names : undefined;
}
