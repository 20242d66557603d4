import type { Endpoints } from "../../endpoints/endpoints.ts";
import type { DeployedModelRecord } from "../../endpoints/records.ts";
import { notFound, VertexError } from "../../wire/errors.ts";
import {
  fromValue,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  mapValues,
  toValue,
  type ValueMessage,
} from "../../wire/json.ts";
import { parseName } from "../../wire/names.ts";
import type { Methods } from "../../wire/server.ts";
import { modelServerError, parsePredictions } from "../model-answer.ts";
import { chooseDeployed } from "../prediction-service.ts";
import { chooseOutputs, numberAt, type Output } from "./outputs.ts";
import { type Attributions, averaged, sampledShapley } from "./shapley.ts";
import { type ExplanationSpecMessage, overriddenSpec, parsePathCount } from "./spec.ts";

interface ExplainRequest {
  readonly endpoint?: string;
  readonly instances?: readonly ValueMessage[];
  readonly parameters?: ValueMessage;
  readonly deployedModelId?: string;
  readonly explanationSpecOverride?: ExplanationSpecMessage;
}

type Predict = (instances: readonly Json[]) => Promise<readonly Json[]>;

/**
 * Explain: predictions, and what each feature contributed to them
 * (https://cloud.google.com/vertex-ai/docs/explainable-ai/overview), by sampled Shapley values, for which a custom
 * container is only asked for predictions.
 */
export function explanationMethods(
  endpoints: Endpoints,
  random: () => number,
): NonNullable<Methods["PredictionService"]> {
  return {
    Explain: async ({
      endpoint: name,
      instances = [],
      parameters,
      deployedModelId = "",
      ...request
    }: ExplainRequest) => {
      const endpoint = endpoints.get(parseName(name, "endpoints"));
      const { id, message } = explained(
        endpoint.name,
        endpoint.deployedModels,
        deployedModelId,
        () => chooseDeployed(endpoints, name, random()).deployed,
      );
      const spec = overriddenSpec(message.explanationSpec ?? {}, request.explanationSpecOverride ?? {});
      const predict: Predict = async (asked) => {
        const given = parameters === undefined ? {} : { parameters: fromValue(parameters) };
        const body = Buffer.from(JSON.stringify({ instances: asked, ...given }));
        const answer = await endpoints.deployment(endpoint.name, id).request(body, "application/json", asked.length);
        if (answer.status >= 200 && answer.status < 300) return parsePredictions(answer.body).predictions;
        throw modelServerError(`DeployedModel ${id}`, answer.status, answer.body);
      };
      const explaining = new Explaining(spec, predict, random);
      const values = instances.map(fromValue);
      const predictions = await predict(values);
      const explanations: object[] = [];
      for (const [index, value] of values.entries())
        explanations.push(await explaining.explain(value, predictions[index] ?? null));
      return { explanations, deployedModelId: id, predictions: predictions.map(toValue) };
    },
  };
}

/** Throws FAILED_PRECONDITION where the model that is asked for, or any when none is, has no explanation spec. */
function explained(
  endpoint: string,
  all: readonly DeployedModelRecord[],
  wanted: string,
  choose: () => DeployedModelRecord,
): DeployedModelRecord {
  const candidates = wanted === "" ? all : all.filter(({ id }) => id === wanted);
  if (wanted !== "" && candidates.length === 0) throw notFound("DeployedModel", `${endpoint}/deployedModels/${wanted}`);
  const without = candidates.filter(
    ({ message }) => message.disableExplanations || !message.explanationSpec?.parameters,
  );
  if (without.length > 0)
    throw new VertexError(
      "FAILED_PRECONDITION",
      `${without.map(({ id }) => `DeployedModel ${id}`).join(", ")} of ${endpoint} can't be explained: explanation_spec isn't populated.`,
    );
  return wanted === "" ? choose() : (candidates[0] ?? choose());
}

class Explaining {
  readonly #spec: ExplanationSpecMessage;
  readonly #predict: Predict;
  readonly #random: () => number;
  readonly #pathCount: number;

  constructor(spec: ExplanationSpecMessage, predict: Predict, random: () => number) {
    this.#spec = spec;
    this.#predict = predict;
    this.#random = random;
    this.#pathCount = parsePathCount(spec);
  }

  async explain(value: Json, prediction: Json): Promise<object> {
    // What is no object is one feature, by the name that the spec has for it.
    const inputs = this.#spec.metadata?.inputs ?? {};
    const [only = "instance"] = Object.keys(inputs);
    const isNamed = isObject(value);
    const instance: JsonObject = isNamed ? value : { [only]: value };
    const baselines = baselinesOf(instance, inputs);
    const attributions: object[] = [];
    for (const output of chooseOutputs(prediction, this.#spec)) {
      const ask = async (asked: readonly JsonObject[]) => {
        const predictions = await this.#predict(isNamed ? asked : asked.map((one) => one[only] ?? null));
        return predictions.map((one) => numberAt(one, output));
      };
      const all: Attributions[] = [];
      for (const baseline of baselines)
        all.push(await sampledShapley({ instance, baseline, pathCount: this.#pathCount, ask, random: this.#random }));
      attributions.push(message(averaged(all), output));
    }
    return { attributions };
  }
}

/**
 * The n-th baselines of all features make the n-th; a feature that has fewer goes on with its last. Without any, Vertex
 * chooses: here numbers are 0, texts empty.
 */
function baselinesOf(
  instance: JsonObject,
  inputs: NonNullable<NonNullable<ExplanationSpecMessage["metadata"]>["inputs"]>,
): JsonObject[] {
  const names = Object.keys(inputs).length > 0 ? Object.keys(inputs) : Object.keys(instance);
  const explainedFeatures = names.filter((name) => instance[name] !== undefined);
  const given = (name: string) => (inputs[name]?.inputBaselines ?? []).map(fromValue);
  const count = Math.max(1, ...explainedFeatures.map((name) => given(name).length));
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(
      explainedFeatures.map((name) => {
        const all = given(name);
        return [name, all[index] ?? all.at(-1) ?? nothingOf(instance[name] ?? null)];
      }),
    ),
  );
}

function nothingOf(json: Json): Json {
  if (isArray(json)) return json.map(nothingOf);
  if (isObject(json)) return mapValues(json, nothingOf);
  return typeof json === "number" ? 0 : typeof json === "boolean" ? false : "";
}

function message({ features, baselineOutput, instanceOutput, error }: Attributions, output: Output): object {
  return {
    baselineOutputValue: baselineOutput,
    instanceOutputValue: instanceOutput,
    featureAttributions: toValue(features),
    outputIndex: output.index,
    ...(output.displayName !== undefined && { outputDisplayName: output.displayName }),
    outputName: output.name,
    approximationError: error,
  };
}
