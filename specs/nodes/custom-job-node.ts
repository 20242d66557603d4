import type { JsonValue } from "./json.ts";
import type { ReferenceNode } from "./value-node.ts";

export type Strategy = "on-demand" | "spot" | "flex";

/**
 * A Vertex CustomJob that a container component runs as, on a machine of its own.
 * Its texts may hold `marker(i)` for the i-th reference, and a number that is known at run time is such a text.
 */
export interface CustomJobNode {
  readonly kind: "custom-job";
  readonly references: readonly ReferenceNode[];
  /** That of the pipeline job when left out. */
  readonly project?: string;
  /** That of the pipeline job when left out. */
  readonly location?: string;
  /** The component's name when left out. */
  readonly displayName?: string;
  readonly machineType: string;
  readonly tpuTopology?: string;
  readonly accelerator?: { readonly type: string; readonly count: number | string };
  readonly replicas: number;
  readonly bootDisk: { readonly type: string; readonly sizeGb: number | string };
  readonly strategy: Strategy | string;
  /** How long `flex` waits for capacity, such as `86400s`. */
  readonly maxWait: string;
  /** Such as `604800s`. */
  readonly timeout: string;
  readonly restartOnWorkerRestart: boolean | string;
  readonly serviceAccount?: string;
  readonly network?: string;
  readonly reservedIpRanges?: readonly string[];
  readonly encryptionKey?: string;
  readonly tensorboard?: string;
  readonly webAccess: boolean | string;
  readonly baseOutputDirectory?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** That of the pipeline job when left out. */
  readonly persistentResource?: string;
  readonly nfsMounts?: readonly { readonly server: string; readonly path: string; readonly mountPoint: string }[];
  readonly reservation?: { readonly type: string; readonly key?: string; readonly values?: readonly string[] };
  readonly privateServiceConnect?: Readonly<Record<string, JsonValue>>;
}
