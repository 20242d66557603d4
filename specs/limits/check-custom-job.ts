import { acceleratorMistake, checkHardware, findMachine, findTpu, type TpuSlice } from "../hardware/index.ts";
import type { ComponentSpecJson, PipelineTaskSpecJson } from "../ir/types.ts";
import type { Strategy } from "../nodes/index.ts";
import { checkLabels } from "./check-job.ts";
import { type LimitFinding, limits } from "./limits.ts";

type Fields = Readonly<Record<string, unknown>>;

const strategies: Readonly<Record<string, Strategy>> = { STANDARD: "on-demand", SPOT: "spot", FLEX_START: "flex" };
const generations = { ct5lp: "v5e", ct6e: "v6e" } as const;

/** What Vertex would refuse of the CustomJob that a task of Google's launcher starts. Values known only at run time are passed over. */
export function checkCustomJob(
  task: PipelineTaskSpecJson,
  component: ComponentSpecJson,
  path: string,
  region: string | null,
): readonly LimitFinding[] {
  const labels = setting("labels");
  const pools = setting("worker_pool_specs");
  return [
    ...(isRecord(labels) ? checkLabels(labels, `${path}/labels`) : []),
    ...(Array.isArray(pools)
      ? pools.filter(isRecord).flatMap((pool, index) => checkPool(pool, `${path}/worker_pool_specs/${index}`))
      : []),
  ];

  /** What the task gives, or else the component's default. */
  function setting(name: string): unknown {
    const given = task.inputs?.parameters?.[name];
    if (given !== undefined) return given.runtimeValue?.constant;
    return component.inputDefinitions?.parameters?.[name]?.defaultValue;
  }

  function checkPool(pool: Fields, at: string): readonly LimitFinding[] {
    const machine = isRecord(pool["machine_spec"]) ? pool["machine_spec"] : {};
    const disk = isRecord(pool["disk_spec"]) ? pool["disk_spec"] : {};
    const container = isRecord(pool["container_spec"]) ? pool["container_spec"] : {};
    return [
      ...checkMachine(machine, `${at}/machine_spec`),
      ...checkDisk(disk, `${at}/disk_spec`),
      ...checkEnvironment(container["env"], `${at}/container_spec/env`),
    ];
  }

  function checkMachine(machine: Fields, at: string): readonly LimitFinding[] {
    const { machine_type: type, tpu_topology: topology } = machine;
    const strategy = strategies[String(setting("strategy"))];
    const mistake = typeof type === "string" ? mistaken(type, machine) : null;
    if (mistake !== null) return [{ code: "Accelerator", message: mistake, path: at }];
    if (typeof type !== "string" || strategy === undefined) return [];
    const generation = generations[type.split("-")[0] as keyof typeof generations];
    if (generation === undefined) {
      // The catalogue has the machines that recipes name; Vertex has more.
      return findMachine(type) === undefined
        ? []
        : refused(checkHardware({ machine: type, strategy }, region ?? ""), at);
    }
    const slice = findTpu(generation, String(topology));
    if (slice === undefined)
      return refused(checkHardware({ tpu: generation, topology: String(topology), strategy }, region ?? ""), at);
    return [
      ...refused(
        checkHardware({ tpu: generation, topology: slice.tpuTopology, strategy }, region ?? slice.regions[0] ?? ""),
        at,
      ),
      ...checkMatch(type, slice, at),
    ];
  }

  /** A host has 1, 4 or 8 chips; slices of more than four can be made of hosts of four. */
  function checkMatch(type: string, slice: TpuSlice, at: string): readonly LimitFinding[] {
    const chips = Number(/-([0-9]+)t$/.exec(type)?.[1]);
    if (type === slice.machineType || (chips === 4 && slice.chips > 4)) return [];
    const message = `A ${slice.generation} ${slice.tpuTopology} is made of ${slice.machineType}, not of ${type}: change the machine type or the topology.`;
    return [{ code: "MachineMismatch", message, path: at }];
  }
}

function mistaken(machineType: string, { accelerator_type: type, accelerator_count: count }: Fields): string | null {
  if ([machineType, type, count].some((each) => String(each).includes("{{"))) return null;
  const accelerator = typeof type === "string" ? { type, count: Number(count ?? 0) } : undefined;
  return acceleratorMistake({ machineType, ...(accelerator !== undefined && { accelerator }) });
}

function refused(problems: ReturnType<typeof checkHardware>, path: string): readonly LimitFinding[] {
  return problems.map(({ code, message }) => ({ code, message, path }));
}

function checkDisk(disk: Fields, path: string): readonly LimitFinding[] {
  const { boot_disk_size_gb: size } = disk;
  const { least, most } = limits.bootDiskGb;
  if (typeof size !== "number" || (size >= least && size <= most)) return [];
  return [{ code: "BootDisk", message: `A boot disk has ${least} to ${most} GB, not ${size}.`, path }];
}

function checkEnvironment(variables: unknown, path: string): readonly LimitFinding[] {
  const most = limits.environmentVariables;
  if (!Array.isArray(variables) || variables.length <= most) return [];
  const message = `A container has ${most} environment variables at most, and this one ${variables.length}.`;
  return [{ code: "EnvironmentVariables", message, path }];
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
