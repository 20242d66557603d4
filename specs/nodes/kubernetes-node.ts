import type { ReferenceNode } from "./value-node.ts";

/** A task's options for open-source Kubeflow Pipelines: the fields of `KubernetesExecutorConfig`. */
export type KubernetesNode = Readonly<Record<string, KubernetesValue>>;

/** JSON in which values that are known only at run time stand as they are. */
export type KubernetesValue =
  | string
  | number
  | boolean
  | null
  | RunTimeValueNode
  | readonly KubernetesValue[]
  | { readonly [field: string]: KubernetesValue };

/** Becomes an `InputParameterSpec`: `{ taskOutputParameter: … }` or `{ componentInputParameter: … }`. */
export interface RunTimeValueNode {
  readonly kind: "run-time-value";
  readonly value: ReferenceNode;
  /** Further fields of the same object. A `PvcMount` has the reference among its own. */
  readonly beside?: { readonly [field: string]: KubernetesValue };
}

/** One option: makes the configuration so far the one that the author wants. */
export interface KubernetesOption {
  readonly kind: "kubernetes-option";
  apply(config: KubernetesNode): KubernetesNode;
}
