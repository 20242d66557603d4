import type { KubernetesOption } from "../nodes/index.ts";
import { someOf } from "./checks.ts";
import { option } from "./option.ts";

/**
 * Labels of the task's pod. Later ones come to those before; of the same key, the last holds.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
export function podLabels(labels: Readonly<Record<string, string>>): KubernetesOption {
  someOf(labels, "podLabels");
  return option(({ podMetadata = {}, ...config }) => ({
    ...config,
    podMetadata: { ...podMetadata, labels: { ...podMetadata.labels, ...labels } },
  }));
}

/**
 * Annotations of the task's pod. Later ones come to those before; of the same key, the last holds.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
 */
export function podAnnotations(annotations: Readonly<Record<string, string>>): KubernetesOption {
  someOf(annotations, "podAnnotations");
  return option(({ podMetadata = {}, ...config }) => ({
    ...config,
    podMetadata: { ...podMetadata, annotations: { ...podMetadata.annotations, ...annotations } },
  }));
}

/** `PodMetadata` without what is empty. */
export function metadata(labels: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>>) {
  return {
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}
