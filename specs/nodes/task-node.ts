import type { Origin } from "../origin.ts";
import type { ComponentNode } from "./component-node.ts";
import type { CustomJobNode } from "./custom-job-node.ts";
import type { KubernetesNode } from "./kubernetes-node.ts";
import type { TemplateNode, ValueNode } from "./value-node.ts";

/** A component put to work in a pipeline. */
export interface TaskNode {
  readonly kind: "task";
  /** Unique in its pipeline; grows in the order of the author's code. */
  readonly id: number;
  readonly origin: Origin;
  readonly component: ComponentNode;
  /** Input → where it comes from. */
  readonly arguments: Readonly<Record<string, ValueNode>>;
  /** Ids of tasks and exit handlers that come before it, though it takes nothing from them. */
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
  /** In place of the component's. */
  readonly image?: TextNode;
  readonly resources: ResourcesNode;
  readonly environment: Readonly<Record<string, string>>;
  readonly customJob?: CustomJobNode;
  /** Runs also when what comes before it has failed. */
  readonly ignoreUpstreamFailure: boolean;
  readonly kubernetes?: KubernetesNode;
}

/** A text, known now or at run time. */
export type TextNode = string | TemplateNode;

export interface RetryNode {
  readonly count: number;
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly backoffMaxSeconds: number;
}

/** Quantities as Kubernetes writes them: `4`, `500m`, `16Gi`. */
export interface ResourcesNode {
  readonly cpuLimit?: TextNode;
  readonly cpuRequest?: TextNode;
  readonly memoryLimit?: TextNode;
  readonly memoryRequest?: TextNode;
  readonly acceleratorType?: TextNode;
  /** A whole number. */
  readonly acceleratorCount?: TextNode;
}
