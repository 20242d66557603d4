import { canonicalJson } from "./canonical-json.ts";
import type { ComponentSpecJson, Executor } from "./types.ts";

/** What a task has when it is about to run. */
export interface CacheFacts {
  readonly component: ComponentSpecJson;
  readonly executor: Executor;
  /** Values of the input parameters, defaults included. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Ids of the input artifacts. */
  readonly artifacts: Readonly<Record<string, readonly string[]>>;
  /** The task's own key, which then counts alone; empty when it has none. */
  readonly chosen?: string | undefined;
}

/**
 * What Vertex looks a task up by, as text: equal texts share a result, within one pipeline name. Inputs, the names and
 * types of outputs, and the component's image, command, arguments and environment count; resources, retries and the
 * task's name do not. https://cloud.google.com/vertex-ai/docs/pipelines/configure-caching
 */
export function cacheKeyText(facts: CacheFacts): string {
  const { component, executor, parameters, artifacts, chosen } = facts;
  if (chosen) return canonicalJson({ chosen });
  return canonicalJson({ parameters, artifacts, ...cachedBy(component, executor) });
}

/** The part of a cache key that is the component's, whatever goes in. */
export function cachedBy({ outputDefinitions: outputs = {} }: ComponentSpecJson, { container = {} }: Executor) {
  const { image = "", command = [], args = [], env = [] } = container;
  return {
    outputParameters: mapValues(outputs.parameters ?? {}, ({ parameterType }) => parameterType),
    outputArtifacts: mapValues(outputs.artifacts ?? {}, ({ artifactType, isArtifactList }) => [
      artifactType,
      isArtifactList === true,
    ]),
    image,
    command,
    args,
    env,
  };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
