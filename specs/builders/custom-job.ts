import type { SpecErrorPlace } from "../error.ts";
import type { CustomJobNode, JsonValue, Strategy } from "../nodes/index.ts";
import { templateNode } from "./arguments.ts";
import { mistake, type Scope } from "./scope.ts";
import type { Text } from "./task-methods.ts";
import type { ParameterValue } from "./values.ts";

/** A machine to run on, as `tpu(…)` and `machine(…)` of the hardware catalogue make it. */
export interface Machine {
  readonly machineType: Text;
  readonly tpuTopology?: Text;
  readonly accelerator?: { readonly type: Text; readonly count: WholeNumber };
}

type WholeNumber = number | ParameterValue<"int", number>;
type Flag = boolean | ParameterValue<"boolean", boolean>;

/** Texts, numbers and flags may be known only at run time. https://cloud.google.com/vertex-ai/docs/reference/rest/v1/CustomJobSpec */
export interface CustomJobOptions {
  readonly hardware: Machine;
  /** On demand unless told otherwise. `flex` waits for capacity, for GPUs only. */
  readonly strategy?: Strategy;
  /** Machines; one when left out. */
  readonly replicas?: number;
  readonly displayName?: Text;
  /** That of the pipeline job when left out. */
  readonly project?: Text;
  /** That of the pipeline job when left out. */
  readonly location?: Text;
  /** `pd-ssd` of 100 GB when left out. */
  readonly bootDisk?: {
    readonly type?: "pd-ssd" | "pd-standard" | "hyperdisk-balanced" | ParameterValue<"string", string>;
    readonly sizeGb?: WholeNumber;
  };
  /** The longest that it may run; seven days when left out. */
  readonly timeoutSeconds?: WholeNumber;
  /** How long `flex` waits for capacity; a day when left out. */
  readonly maxWaitSeconds?: WholeNumber;
  readonly restartOnWorkerRestart?: Flag;
  readonly serviceAccount?: Text;
  /** `projects/NUMBER/global/networks/NAME`. */
  readonly network?: Text;
  readonly reservedIpRanges?: readonly Text[];
  readonly encryptionKey?: Text;
  readonly tensorboard?: Text;
  readonly webAccess?: Flag;
  /** A bucket folder, which the container sees as `AIP_MODEL_DIR`, `AIP_CHECKPOINT_DIR` and `AIP_TENSORBOARD_LOG_DIR`. */
  readonly baseOutputDirectory?: Text;
  readonly labels?: Readonly<Record<string, Text>>;
  readonly persistentResource?: Text;
  readonly nfsMounts?: readonly { readonly server: Text; readonly path: Text; readonly mountPoint: Text }[];
  readonly reservation?: {
    readonly type: "NO_RESERVATION" | "ANY_RESERVATION" | "SPECIFIC_RESERVATION";
    readonly key?: Text;
    readonly values?: readonly Text[];
  };
  readonly privateServiceConnect?: Readonly<Record<string, JsonValue>>;
}

/** What `customJob(…)` makes for `task.runOn(…)`. */
export interface CustomJob {
  readonly kind: "custom-job";
  readonly options: CustomJobOptions;
}

/**
 * A Vertex CustomJob for `task.runOn(…)`.
 *
 * ```ts
 * train({ data }).runOn(customJob({ hardware: tpu("v5e", "2x4"), strategy: "spot" }));
 * ```
 */
export function customJob(options: CustomJobOptions): CustomJob {
  return Object.freeze({ kind: "custom-job", options });
}

const day = 24 * 60 * 60;

export function customJobNode({ options }: CustomJob, scope: Scope, place: SpecErrorPlace): CustomJobNode {
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
  if (options.network !== undefined && options.privateServiceConnect !== undefined) {
    const message = "a CustomJob has a network or a private service connection, not both: leave out one.";
    throw mistake(scope, "unsupported", message, place);
  }
  const data = {
    machineType: hardware.machineType,
    tpuTopology: hardware.tpuTopology,
    accelerator: hardware.accelerator,
    strategy: strategy ?? "on-demand",
    replicas: replicas ?? 1,
    bootDisk: { type: bootDisk?.type ?? "pd-ssd", sizeGb: bootDisk?.sizeGb ?? 100 },
    timeout: `${timeoutSeconds ?? 7 * day}s`,
    maxWait: `${maxWaitSeconds ?? day}s`,
    restartOnWorkerRestart: restartOnWorkerRestart ?? false,
    webAccess: webAccess ?? false,
    ...rest,
  };
  const node = templateNode(data, scope, place);
  const references = node.kind === "template" ? node.references : [];
  // The template's value is the data, with texts in the place of values.
  const settings = node.value as unknown as Omit<CustomJobNode, "kind" | "references">;
  return Object.freeze({ ...settings, kind: "custom-job", references });
}
