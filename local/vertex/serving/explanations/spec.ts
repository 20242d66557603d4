import { VertexError } from "../../wire/errors.ts";
import type { ValueMessage } from "../../wire/json.ts";

/** The parts of google.cloud.aiplatform.v1.ExplanationSpec that are read here; the others are kept and given back. */
export interface ExplanationSpecMessage {
  readonly parameters?: ExplanationParametersMessage;
  readonly metadata?: {
    readonly inputs?: Readonly<Record<string, { readonly inputBaselines?: readonly ValueMessage[] }>>;
    readonly outputs?: Readonly<
      Record<string, { readonly indexDisplayNameMapping?: ValueMessage; readonly displayNameMappingKey?: string }>
    >;
  };
}

export interface ExplanationParametersMessage {
  readonly sampledShapleyAttribution?: { readonly pathCount?: number };
  readonly integratedGradientsAttribution?: object;
  readonly xraiAttribution?: object;
  readonly examples?: object;
  readonly topK?: number;
  readonly outputIndices?: { readonly values?: readonly ValueMessage[] };
}

/** What a deployed model is explained by: its own fields, and its model's where it has none. */
export function inheritedSpec(
  own: ExplanationSpecMessage | undefined,
  ofModel: ExplanationSpecMessage | undefined,
): ExplanationSpecMessage | undefined {
  return own === undefined ? ofModel : { ...ofModel, ...own };
}

/** With what a request overrides. */
export function overriddenSpec(spec: ExplanationSpecMessage, override: ExplanationSpecMessage): ExplanationSpecMessage {
  const inputs = { ...spec.metadata?.inputs };
  for (const [name, { inputBaselines = [] }] of Object.entries(override.metadata?.inputs ?? {}))
    inputs[name] = { ...inputs[name], inputBaselines };
  return {
    parameters: { ...spec.parameters, ...override.parameters },
    metadata: { ...spec.metadata, inputs },
  };
}

/** Throws INVALID_ARGUMENT; UNIMPLEMENTED for a method that needs more of a model than its predictions. */
export function parsePathCount({ parameters = {} }: ExplanationSpecMessage): number {
  for (const method of ["integratedGradientsAttribution", "xraiAttribution", "examples"] as const) {
    if (parameters[method] !== undefined)
      throw new VertexError(
        "UNIMPLEMENTED",
        `explanation_spec.parameters.${method} is not implemented by local Vertex: it needs a TensorFlow model's gradients or embeddings. A custom container is explained by sampledShapleyAttribution.`,
      );
  }
  const count = parameters.sampledShapleyAttribution?.pathCount ?? 0;
  if (count < 1 || count > 50)
    throw new VertexError(
      "INVALID_ARGUMENT",
      "explanation_spec.parameters.sampled_shapley_attribution.path_count: should be from 1 to 50.",
    );
  return count;
}
