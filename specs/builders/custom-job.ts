import type { CustomJobNode, JsonValue, Strategy } from "../nodes/index.ts";

/** A machine to run on, as `tpu(…)` and `machine(…)` of the hardware catalogue make it. */
export interface Machine {
  readonly machineType: string;
  readonly tpuTopology?: string;
  readonly accelerator?: { readonly type: string; readonly count: number };
}

/** https://cloud.google.com/vertex-ai/docs/reference/rest/v1/CustomJobSpec */
export interface CustomJobOptions {
  readonly hardware: Machine;
  /** On demand unless told otherwise. `flex` waits for capacity, for GPUs only. */
  readonly strategy?: Strategy;
  readonly displayName?: string;
  /** Machines; one when left out. */
  readonly replicas?: number;
  /** `pd-ssd` of 100 GB when left out. */
  readonly bootDisk?: { readonly type?: "pd-ssd" | "pd-standard" | "hyperdisk-balanced"; readonly sizeGb?: number };
  /** The longest that it may run; seven days when left out. */
  readonly timeoutSeconds?: number;
  /** How long `flex` waits for capacity; a day when left out. */
  readonly maxWaitSeconds?: number;
  readonly restartOnWorkerRestart?: boolean;
  readonly serviceAccount?: string;
  /** `projects/NUMBER/global/networks/NAME`. */
  readonly network?: string;
  readonly reservedIpRanges?: readonly string[];
  readonly encryptionKey?: string;
  readonly tensorboard?: string;
  readonly webAccess?: boolean;
  /** A bucket folder, which the container sees as `AIP_MODEL_DIR`, `AIP_CHECKPOINT_DIR` and `AIP_TENSORBOARD_LOG_DIR`. */
  readonly baseOutputDirectory?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly persistentResource?: string;
  readonly nfsMounts?: readonly { readonly server: string; readonly path: string; readonly mountPoint: string }[];
  readonly reservation?: {
    readonly type: "NO_RESERVATION" | "ANY_RESERVATION" | "SPECIFIC_RESERVATION";
    readonly key?: string;
    readonly values?: readonly string[];
  };
  readonly privateServiceConnect?: Readonly<Record<string, JsonValue>>;
}

const day = 24 * 60 * 60;

/** A Vertex CustomJob for `task.runOn(…)`. */
export function customJob(options: CustomJobOptions): CustomJobNode {
  const {
    hardware,
    strategy,
    replicas,
    bootDisk,
    timeoutSeconds,
    maxWaitSeconds,
    restartOnWorkerRestart,
    webAccess,
    ...rest
  } = options;
  return Object.freeze({
    kind: "custom-job",
    machineType: hardware.machineType,
    ...(hardware.tpuTopology !== undefined && { tpuTopology: hardware.tpuTopology }),
    ...(hardware.accelerator !== undefined && { accelerator: hardware.accelerator }),
    strategy: strategy ?? "on-demand",
    replicas: replicas ?? 1,
    bootDisk: { type: bootDisk?.type ?? "pd-ssd", sizeGb: bootDisk?.sizeGb ?? 100 },
    timeoutSeconds: timeoutSeconds ?? 7 * day,
    maxWaitSeconds: maxWaitSeconds ?? day,
    restartOnWorkerRestart: restartOnWorkerRestart ?? false,
    webAccess: webAccess ?? false,
    ...rest,
  });
}
