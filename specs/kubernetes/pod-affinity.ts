import type { KubernetesOption } from "../nodes/index.ts";
import { filled } from "./checks.ts";
import { appending } from "./option.ts";
import { type LabelRequirement, preference, requirements } from "./selectors.ts";

/** Which pods, in which namespaces, seen over which part of the cluster. */
export interface PodAffinityOptions {
  /** The node's label whose equal values are one place: `kubernetes.io/hostname`, `topology.kubernetes.io/zone`. */
  readonly topologyKey: string;
  readonly matchPodExpressions?: readonly LabelRequirement[];
  readonly matchPodLabels?: Readonly<Record<string, string>>;
  /** The task's own when neither these nor the next two are given. */
  readonly namespaces?: readonly string[];
  readonly matchNamespaceExpressions?: readonly LabelRequirement[];
  readonly matchNamespaceLabels?: Readonly<Record<string, string>>;
  /** From 1 to 100, which makes it a wish; without it, it is a must. */
  readonly weight?: number;
  /** Away from these pods instead of near them. */
  readonly anti?: boolean;
}

/**
 * Pods near which the task must, or should, run, or from which it keeps away. Several such options add up.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
 */
export function podAffinity(options: PodAffinityOptions): KubernetesOption {
  const { matchPodExpressions = [], matchPodLabels = {}, namespaces = [] } = options;
  const { matchNamespaceExpressions = [], matchNamespaceLabels = {}, weight, anti } = options;
  return appending("podAffinity", {
    ...(matchPodExpressions.length > 0 && {
      matchPodExpressions: requirements(matchPodExpressions, "matchPodExpressions"),
    }),
    ...(Object.keys(matchPodLabels).length > 0 && { matchPodLabels }),
    topologyKey: filled(options.topologyKey, "topologyKey"),
    ...(namespaces.length > 0 && { namespaces }),
    ...(matchNamespaceExpressions.length > 0 && {
      matchNamespaceExpressions: requirements(matchNamespaceExpressions, "matchNamespaceExpressions"),
    }),
    ...(Object.keys(matchNamespaceLabels).length > 0 && { matchNamespaceLabels }),
    ...(weight !== undefined && { weight: preference(weight) }),
    ...(anti !== undefined && { anti }),
  });
}
