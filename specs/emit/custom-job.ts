import {
  type ComponentNode,
  type ContainerNode,
  type CustomJobNode,
  type DefinitionNode,
  type JsonValue,
  marker,
  type ParameterKind,
  placeholder,
  type ReferenceNode,
  type Strategy,
  type TaskNode,
  type ValueNode,
} from "../nodes/index.ts";
import { emitArgument } from "./arguments.ts";
import { referencesOf } from "./templates.ts";

/**
 * The release of Google's pipeline components whose launcher starts CustomJobs:
 * https://github.com/kubeflow/pipelines/tree/master/components/google-cloud
 */
export const launcherImage = "gcr.io/ml-pipeline/google-cloud-pipeline-components:2.22.0";

const strategies: Readonly<Record<Strategy, string>> = {
  "on-demand": "STANDARD",
  spot: "SPOT",
  flex: "FLEX_START",
};

export interface EffectiveTask {
  readonly node: TaskNode;
}

/** The task that really runs: the author's, or a launcher of a CustomJob around it. */
export function effectiveTask(node: TaskNode, component: Exclude<ComponentNode, { kind: "function" }>): EffectiveTask {
  const { customJob, environment } = node.settings;
  if (component.kind !== "container" || customJob === undefined) return { node: { ...node, component } };
  const { image } = node.settings;
  const inner = typeof image === "string" ? { ...component, image } : component;
  return { node: wrapInCustomJob(node, inner, customJob, environment) };
}

/**
 * A container as a component that starts a CustomJob with it: the form of Google's
 * `create_custom_training_job_from_component`. The job's settings are inputs with defaults, and the launcher's
 * payload is text into which Vertex fills them. A setting that is known only at run time is an argument.
 */
function wrapInCustomJob(
  node: TaskNode,
  component: ContainerNode,
  job: CustomJobNode,
  environment: Readonly<Record<string, string>>,
): TaskNode {
  const inputs: Record<string, DefinitionNode> = {};
  const given: Record<string, ValueNode> = {};
  for (const [name, { type, value, leftOut }] of Object.entries(settings(component, job, environment))) {
    const isKnown = value === undefined || referencesOf(value, job.references).length === 0;
    if (!isKnown) given[name] = runTimeValue(value, job.references);
    const preset = isKnown ? (value ?? leftOut) : leftOut;
    inputs[name] = { kind: "parameter", type, optional: true, ...(preset !== undefined && { default: preset }) };
  }
  const launcher: ContainerNode = {
    ...component,
    inputs: { ...inputs, ...component.inputs },
    outputs: { gcp_resources: { kind: "parameter", type: "string", optional: false }, ...component.outputs },
    image: launcherImage,
    command: ["python3", "-u", "-m", "google_cloud_pipeline_components.container.v1.custom_job.launcher"],
    arguments: [
      "--type",
      "CustomJob",
      "--payload",
      payload,
      "--project",
      placeholder.inputParameter("project"),
      "--location",
      placeholder.inputParameter("location"),
      "--gcp_resources",
      placeholder.outputParameterFile("gcp_resources"),
    ],
    environment: {},
  };
  return { ...node, component: launcher, arguments: { ...given, ...node.arguments } };
}

/** A value as it is where it is the whole setting, and a template where it is a part of it. */
function runTimeValue(value: JsonValue, references: readonly ReferenceNode[]): ValueNode {
  const whole = references.findIndex((_, index) => value === marker(index));
  return references[whole] ?? { kind: "template", value, references };
}

interface Setting {
  readonly type: ParameterKind;
  readonly value: JsonValue | undefined;
  /** What it is when nobody says anything. */
  readonly leftOut?: JsonValue;
}

function settings(
  component: ContainerNode,
  job: CustomJobNode,
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, Setting>> {
  return {
    project: setting("string", job.project, "{{$.pipeline_google_cloud_project_id}}"),
    location: setting("string", job.location, "{{$.pipeline_google_cloud_location}}"),
    display_name: setting("string", job.displayName, component.name),
    worker_pool_specs: setting("list", workerPools(component, job, environment)),
    timeout: setting("string", job.timeout),
    restart_job_on_worker_restart: setting("boolean", job.restartOnWorkerRestart, false),
    strategy: setting("string", isStrategy(job.strategy) ? strategies[job.strategy] : job.strategy),
    max_wait_duration: setting("string", job.maxWait),
    service_account: setting("string", job.serviceAccount, ""),
    tensorboard: setting("string", job.tensorboard, ""),
    enable_web_access: setting("boolean", job.webAccess, false),
    network: setting("string", job.network, ""),
    reserved_ip_ranges: setting("list", job.reservedIpRanges),
    base_output_directory: setting("string", job.baseOutputDirectory, ""),
    labels: setting("struct", job.labels),
    encryption_spec_key_name: setting("string", job.encryptionKey, ""),
    persistent_resource_id: setting("string", job.persistentResource, "{{$.pipeline_persistent_resource_id}}"),
    psc_interface_config: setting("struct", job.privateServiceConnect),
  };
}

function setting(type: ParameterKind, value: JsonValue | undefined, leftOut?: JsonValue): Setting {
  return { type, value, ...(leftOut !== undefined && { leftOut }) };
}

function isStrategy(strategy: string): strategy is Strategy {
  return strategy in strategies;
}

/** The first pool is one machine, the leader; the second has the others. */
function workerPools(
  component: ContainerNode,
  job: CustomJobNode,
  environment: Readonly<Record<string, string>>,
): JsonValue {
  const { accelerator, reservation, nfsMounts } = job;
  const pool = {
    machine_spec: {
      machine_type: job.machineType,
      ...(job.tpuTopology !== undefined && { tpu_topology: job.tpuTopology }),
      ...(accelerator !== undefined && { accelerator_type: accelerator.type, accelerator_count: accelerator.count }),
      ...(reservation !== undefined && {
        reservation_affinity: {
          reservation_affinity_type: reservation.type,
          ...(reservation.key !== undefined && { key: reservation.key }),
          ...(reservation.values !== undefined && { values: reservation.values }),
        },
      }),
    },
    replica_count: 1,
    container_spec: {
      image_uri: component.image,
      command: component.command.map(emitArgument).map(escapeExecutorInput),
      args: component.arguments.map(emitArgument).map(escapeExecutorInput),
      env: Object.entries({ ...component.environment, ...environment }).map(([name, value]) => ({ name, value })),
    },
    disk_spec: { boot_disk_type: job.bootDisk.type, boot_disk_size_gb: job.bootDisk.sizeGb },
    ...(nfsMounts !== undefined && {
      nfs_mounts: nfsMounts.map(({ server, path, mountPoint }) => ({ server, path, mount_point: mountPoint })),
    }),
  };
  return job.replicas > 1 ? [pool, { ...pool, replica_count: job.replicas - 1 }] : [pool];
}

/** The worker pools are filled into JSON text, and the executor input into them, so its quotes need escaping. */
function escapeExecutorInput(word: string): string {
  return word === placeholder.executorInput ? placeholder.escapedExecutorInput : word;
}

const text = (name: string) => `"${placeholder.inputParameter(name)}"`;
const data = (name: string) => placeholder.inputParameter(name);
const payload =
  `{"display_name": ${text("display_name")}, "job_spec": {` +
  `"worker_pool_specs": ${data("worker_pool_specs")}, ` +
  `"scheduling": {"timeout": ${text("timeout")}, ` +
  `"restart_job_on_worker_restart": ${data("restart_job_on_worker_restart")}, ` +
  `"strategy": ${text("strategy")}, "max_wait_duration": ${text("max_wait_duration")}}, ` +
  `"service_account": ${text("service_account")}, "tensorboard": ${text("tensorboard")}, ` +
  `"enable_web_access": ${data("enable_web_access")}, "network": ${text("network")}, ` +
  `"reserved_ip_ranges": ${data("reserved_ip_ranges")}, ` +
  `"base_output_directory": {"output_uri_prefix": ${text("base_output_directory")}}, ` +
  `"persistent_resource_id": ${text("persistent_resource_id")}, ` +
  `"psc_interface_config": ${data("psc_interface_config")}}, ` +
  `"labels": ${data("labels")}, "encryption_spec": {"kms_key_name": ${text("encryption_spec_key_name")}}}`;
