import type { ParameterValue } from "../builders/values.ts";
import type { JsonValue, KubernetesOption } from "../nodes/index.ts";
import { mistake, someOf } from "./checks.ts";
import { appending, option } from "./option.ts";
import { parameter } from "./parameter.ts";
import { type NodeRequirement, preference, requirements } from "./selectors.ts";

/**
 * Labels that a node must have. Later ones come to those before; of the same key, the last holds.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodeselector
 *
 * ```ts
 * train({ data }).kubernetes(nodeSelector({ "cloud.google.com/gke-accelerator": "nvidia-l4" }));
 * ```
 */
export function nodeSelector(labels: Readonly<Record<string, string>>): KubernetesOption {
  someOf(labels, "nodeSelector");
  return option((config) => ({
    ...config,
    nodeSelector: { ...config.nodeSelector, labels: { ...config.nodeSelector?.labels, ...labels } },
  }));
}

/**
 * The same, from a struct that may be known only at run time. It has precedence over `nodeSelector`; the last one holds.
 */
export function nodeSelectorJson(
  labels: Readonly<Record<string, string>> | ParameterValue<"struct">,
): KubernetesOption {
  const nodeSelectorJson = parameter(labels);
  return option((config) => ({ ...config, nodeSelector: { ...config.nodeSelector, nodeSelectorJson } }));
}

/** All that a node must be, or should be. */
export interface NodeAffinityOptions {
  /** About its labels. */
  readonly matchExpressions?: readonly NodeRequirement[];
  /** About its fields: `metadata.name`. */
  readonly matchFields?: readonly NodeRequirement[];
  /** From 1 to 100, which makes it a wish; without it, it is a must. */
  readonly weight?: number;
}

/**
 * Nodes that the task must, or should, run on. Several such options add up.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
 */
export function nodeAffinity(options: NodeAffinityOptions): KubernetesOption {
  const { matchExpressions = [], matchFields = [], weight } = options;
  if (matchExpressions.length + matchFields.length === 0) {
    throw mistake(
      "nodeAffinity asks nothing of a node, which no node satisfies: give matchExpressions or matchFields.",
    );
  }
  return appending("nodeAffinity", {
    ...(matchExpressions.length > 0 && { matchExpressions: requirements(matchExpressions, "matchExpressions") }),
    ...(matchFields.length > 0 && { matchFields: requirements(matchFields, "matchFields") }),
    ...(weight !== undefined && { weight: preference(weight) }),
  });
}

/**
 * A pod's `nodeAffinity` as Kubernetes has it.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#NodeAffinity
 */
export interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: {
    readonly nodeSelectorTerms: readonly NodeSelectorTerm[];
  };
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    /** From 1 to 100. */
    readonly weight: number;
    readonly preference: NodeSelectorTerm;
  }[];
}

export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeRequirement[];
  readonly matchFields?: readonly NodeRequirement[];
}

/**
 * A whole `nodeAffinity`, which may be known only at run time. The last such option holds; those of `nodeAffinity` stay.
 */
export function nodeAffinityJson(affinity: NodeAffinity | ParameterValue<"struct">): KubernetesOption {
  const nodeAffinityJson = parameter(affinity as JsonValue | ParameterValue<"struct">);
  return option((config) => ({
    ...config,
    nodeAffinity: [
      ...(config.nodeAffinity ?? []).filter((term) => term.nodeAffinityJson === undefined),
      { nodeAffinityJson },
    ],
  }));
}
