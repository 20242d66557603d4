import type { Flow, Task } from "./flow.ts";
import { printSource } from "./print-source.ts";
import { fillTemplate } from "./read-inputs.ts";

/** What a task runs on and how, ready to be read. */
export interface Settings {
  readonly image: string | null;
  /** `n1-highmem-8`, `ct5lp-hightpu-8t 2x4`. */
  readonly machine: string | null;
  /** `2 × NVIDIA_L4`. */
  readonly accelerator: string | null;
  readonly cpu: string | null;
  readonly memory: string | null;
  /** `spot`, `flex-start`; null for what is the default. */
  readonly strategy: string | null;
  readonly replicas: string | null;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Everything else of a CustomJob: disk, network, service account, labels … */
  readonly more: Readonly<Record<string, unknown>>;
}

/** What the container, or the CustomJob that a task starts, is to be. */
export function settingsOf(task: Task, flow: Flow): Settings {
  return task.runs === "custom-job" ? customJob(task, flow) : container(task, flow);
}

function container(task: Task, flow: Flow): Settings {
  const { image = null, command = [], args = [], env = [], resources = {} } = task.executor.container ?? {};
  const { accelerator = {} } = resources;
  const fill = (text: string | undefined) => (text ? String(filled(text, task, flow)) : null);
  const type = fill(accelerator.resourceType ?? accelerator.type);
  const count = fill(accelerator.resourceCount) ?? accelerator.count;
  return {
    image: fill(image ?? undefined),
    machine: null,
    accelerator: type === null ? null : `${count ?? 1} × ${type}`,
    cpu: fill(resources.resourceCpuLimit) ?? text(resources.cpuLimit),
    memory: fill(resources.resourceMemoryLimit) ?? text(resources.memoryLimit, " GB"),
    strategy: null,
    replicas: null,
    command,
    args,
    env: Object.fromEntries(env.map(({ name = "", value = "" }) => [name, value])),
    more: {},
  };
}

/** Inputs of Google's CustomJob launcher: how it runs, and not what it is about. */
const launcherInputs = new Set([
  "project",
  "location",
  "display_name",
  "worker_pool_specs",
  "timeout",
  "restart_job_on_worker_restart",
  "service_account",
  "tensorboard",
  "enable_web_access",
  "network",
  "reserved_ip_ranges",
  "nfs_mounts",
  "base_output_directory",
  "labels",
  "encryption_spec_key_name",
  "persistent_resource_id",
  "strategy",
  "max_wait_duration",
]);

/** Whether an input says how the task runs: `settingsOf` has it. */
export function isSetting(task: Task, input: string): boolean {
  return task.runs === "custom-job" && launcherInputs.has(input);
}

type Fields = Readonly<Record<string, unknown>>;

/** https://cloud.google.com/vertex-ai/docs/reference/rest/v1/CustomJobSpec, as Google's launcher component takes it. */
function customJob(task: Task, flow: Flow): Settings {
  const { worker_pool_specs: pools = writtenPools(task, flow), strategy, ...others } = valuesOf(task, flow);
  const [chief = {}, ...workers] = Array.isArray(pools) ? pools.map(record) : [];
  const machine = record(chief["machine_spec"]);
  const own = record(chief["container_spec"]);
  const accelerator = text(machine["accelerator_type"]);
  const replicas = [chief, ...workers].map((pool) => text(pool["replica_count"]) ?? "1");
  const { machine_type, accelerator_type, accelerator_count, tpu_topology, ...rest } = machine;
  return {
    image: text(own["image_uri"]),
    machine: [text(machine_type), text(tpu_topology)].filter(Boolean).join(" ") || null,
    accelerator: accelerator === null ? null : `${text(accelerator_count) ?? 1} × ${accelerator_type}`,
    cpu: null,
    memory: null,
    strategy: strategyOf(text(strategy)),
    replicas: replicas.every((count) => count === "1") && workers.length === 0 ? null : replicas.join(" + "),
    command: texts(own["command"]),
    args: texts(own["args"]),
    env: Object.fromEntries(list(own["env"]).map((variable) => [String(variable["name"]), String(variable["value"])])),
    more: {
      ...withoutEmpty(others),
      ...withoutEmpty(rest),
      ...withoutEmpty(record(chief["disk_spec"])),
    },
  };
}

/** Of a component whose author wrote the whole CustomJob as text, with placeholders in it. */
function writtenPools(task: Task, flow: Flow): unknown {
  const { args = [] } = task.executor.container ?? {};
  const payload = args[args.indexOf("--payload") + 1] ?? "";
  // Where a number belongs, a placeholder stands without quotes.
  const quoted = payload.replaceAll(/([[:,]\s*)(\{\{\$.*?\}\})(\s*[,\]}])/g, '$1"$2"$3');
  try {
    const { job_spec: job } = record(JSON.parse(quoted));
    return filled(record(job)["worker_pool_specs"], task, flow);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What the launcher's inputs are: what the task gives, or else the component's defaults. */
function valuesOf(task: Task, flow: Flow): Fields {
  const names = Object.keys(task.definitions.inputs).filter((name) => isSetting(task, name));
  return Object.fromEntries(
    names.map((name) => {
      const source = task.inputs[name];
      if (source === undefined) return [name, task.definitions.inputs[name]?.default];
      if (source.kind === "constant") return [name, source.value];
      if (source.kind !== "template") return [name, `\${${printSource(source, flow)}}`];
      const fill = (key: string) => {
        const of = source.names[key];
        return of === undefined ? undefined : `\${${printSource(of, flow)}}`;
      };
      return [name, fillTemplate(source.value, fill)];
    }),
  );
}

function filled(value: unknown, { given, definitions }: Task, flow: Flow): unknown {
  return fillTemplate(value, (name) => {
    const source = given[name];
    if (source !== undefined && source.kind !== "constant") return `\${${printSource(source, flow)}}`;
    const constant = source === undefined ? definitions.inputs[name]?.default : source.value;
    return constant === undefined ? undefined : String(constant);
  });
}

function strategyOf(value: string | null): string | null {
  return value === null || /unspecified|on.?demand|standard/i.test(value) || value === ""
    ? null
    : value.toLowerCase().replaceAll("_", "-");
}

function text(value: unknown, unit = ""): string | null {
  return value === undefined || value === null || value === "" ? null : `${value}${unit}`;
}

function record(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function withoutEmpty(values: Fields): Fields {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => {
      if (value === undefined || value === null || value === "" || value === false) return false;
      if (typeof value === "string" && value.startsWith("{{$.pipeline_google_cloud_")) return false;
      return typeof value !== "object" || Object.keys(value).length > 0;
    }),
  );
}
