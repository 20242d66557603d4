import type { ComponentNode } from "./component-node.ts";
import type { CustomJobNode } from "./custom-job-node.ts";
import type { ValueNode } from "./value-node.ts";

/** A component put to work in a pipeline. */
export interface TaskNode {
  readonly kind: "task";
  /** Unique in its pipeline; grows in the order of the author's code. */
  readonly id: number;
  readonly component: ComponentNode;
  /** Input → where it comes from. */
  readonly arguments: Readonly<Record<string, ValueNode>>;
  /** Ids of tasks that come before it, though it takes nothing from them. */
  readonly after: readonly number[];
  readonly settings: TaskSettings;
}

export interface TaskSettings {
  /** The task's name in the spec; the component's when left out. */
  readonly name?: string;
  readonly displayName?: string;
  readonly cache: boolean;
  readonly cacheKey?: string;
  readonly retry?: RetryNode;
  readonly resources: ResourcesNode;
  readonly environment: Readonly<Record<string, string>>;
  readonly customJob?: CustomJobNode;
}

export interface RetryNode {
  readonly count: number;
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly backoffMaxSeconds: number;
}

/** Quantities as Kubernetes writes them: `4`, `500m`, `16Gi`. */
export interface ResourcesNode {
  readonly cpuLimit?: string;
  readonly cpuRequest?: string;
  readonly memoryLimit?: string;
  readonly memoryRequest?: string;
  readonly accelerator?: { readonly type: string; readonly count: number };
}
