import type { JsonValue } from "./json.ts";

export type Strategy = "on-demand" | "spot" | "flex";

/** A Vertex CustomJob that a container component runs as, on a machine of its own. */
export interface CustomJobNode {
  readonly kind: "custom-job";
  /** The component's name when left out. */
  readonly displayName?: string;
  readonly machineType: string;
  readonly tpuTopology?: string;
  readonly accelerator?: { readonly type: string; readonly count: number };
  readonly replicas: number;
  readonly bootDisk: { readonly type: string; readonly sizeGb: number };
  readonly strategy: Strategy;
  /** How long `flex` waits for capacity. */
  readonly maxWaitSeconds: number;
  readonly timeoutSeconds: number;
  readonly restartOnWorkerRestart: boolean;
  readonly serviceAccount?: string;
  readonly network?: string;
  readonly reservedIpRanges?: readonly string[];
  readonly encryptionKey?: string;
  readonly tensorboard?: string;
  readonly webAccess: boolean;
  readonly baseOutputDirectory?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** That of the pipeline job when left out. */
  readonly persistentResource?: string;
  readonly nfsMounts?: readonly { readonly server: string; readonly path: string; readonly mountPoint: string }[];
  readonly reservation?: { readonly type: string; readonly key?: string; readonly values?: readonly string[] };
  readonly privateServiceConnect?: Readonly<Record<string, JsonValue>>;
}
