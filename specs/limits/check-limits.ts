import type { ComponentSpecJson, Executor, PipelineSpec } from "../ir/types.ts";
import { checkContainer } from "./check-container.ts";
import { checkCustomJob } from "./check-custom-job.ts";
import { checkFanIn } from "./fan-in.ts";
import { checkKubernetesOnly } from "./kubernetes-only.ts";
import { type LimitFinding, limits } from "./limits.ts";

export interface LimitOptions {
  /** Where it is to run, such as `us-central1`; without it, what depends on the region is not checked. */
  readonly region?: string;
  /** Limits that Google does not document, as a project has met them; none is held where none is set. */
  readonly most?: {
    /** Bytes of the spec as JSON. */
    readonly specBytes?: number;
    /** Tasks in the spec, each counted once, however often it runs. */
    readonly tasks?: number;
    /** Artifacts into one task; 100 when left out. */
    readonly artifactsIntoTask?: number;
  };
}

/** Everything in a valid spec that Vertex would refuse or ignore, by what its documentation says. */
export function checkLimits(spec: PipelineSpec, { region, most = {} }: LimitOptions = {}): readonly LimitFinding[] {
  const executors = spec.deploymentSpec?.executors ?? {};
  const components = spec.components ?? {};
  return [
    ...checkName(spec),
    ...checkSettings(spec, most),
    ...checkFanIn(spec, most.artifactsIntoTask ?? limits.artifactsIntoTask),
    ...checkKubernetesOnly(spec),
    ...Object.entries(executors).flatMap(([label, executor]) =>
      checkExecutor(executor, `/deploymentSpec/executors/${label}`),
    ),
    ...checkTasks(spec.root ?? {}, "/root"),
    ...Object.entries(components).flatMap(([name, component]) => checkTasks(component, `/components/${name}`)),
  ];

  function checkTasks(parent: ComponentSpecJson, path: string): readonly LimitFinding[] {
    return Object.entries(parent.dag?.tasks ?? {}).flatMap(([name, task]) => {
      const component = components[task.componentRef?.name ?? ""];
      const executor = executors[component?.executorLabel ?? ""];
      if (component === undefined || !startsCustomJob(executor)) return [];
      return checkCustomJob(task, component, `${path}/dag/tasks/${name}`, region ?? null);
    });
  }
}

/** What a project has found out about its own quotas. */
function checkSettings(
  spec: PipelineSpec,
  { specBytes, tasks }: NonNullable<LimitOptions["most"]>,
): readonly LimitFinding[] {
  const findings: LimitFinding[] = [];
  const bytes = specBytes === undefined ? 0 : new TextEncoder().encode(JSON.stringify(spec)).length;
  if (specBytes !== undefined && bytes > specBytes) {
    const message = `The spec has ${bytes} bytes, and ${specBytes} are set as the most: put parts of it into pipelines of their own.`;
    findings.push({ code: "Setting", path: "", message });
  }
  const dags = [spec.root, ...Object.values(spec.components ?? {})];
  const count = dags.reduce((sum, component) => sum + Object.keys(component?.dag?.tasks ?? {}).length, 0);
  if (tasks !== undefined && count > tasks) {
    const message = `The spec has ${count} tasks, and ${tasks} are set as the most: loop over them, or split the pipeline.`;
    findings.push({ code: "Setting", path: "/root/dag/tasks", message });
  }
  return findings;
}

function checkName({ pipelineInfo }: PipelineSpec): readonly LimitFinding[] {
  const { name = "", displayName = "" } = pipelineInfo ?? {};
  const findings: LimitFinding[] = [];
  if (!/^[a-z0-9][a-z0-9-]{0,127}$/.test(name)) {
    const message = `A pipeline's name has 1 to 128 lower case letters, digits and hyphens, and starts with no hyphen; this one is ${JSON.stringify(name)}.`;
    findings.push({ code: "PipelineName", path: "/pipelineInfo/name", message });
  }
  if (displayName.length > limits.displayName) {
    const message = `A display name has ${limits.displayName} characters at most, and this one ${displayName.length}: shorten it.`;
    findings.push({ code: "DisplayName", path: "/pipelineInfo/displayName", message });
  }
  return findings;
}

function checkExecutor(executor: Executor, path: string): readonly LimitFinding[] {
  if (executor.importer?.downloadToWorkspace) {
    const message = "Vertex has no workspace, which is open-source Kubeflow's: leave out downloadToWorkspace.";
    return [{ code: "KubernetesOnly", message, path: `${path}/importer/downloadToWorkspace` }];
  }
  return executor.container === undefined ? [] : checkContainer(executor.container, `${path}/container`);
}

function startsCustomJob(executor: Executor | undefined): boolean {
  const { command = [], args = [] } = executor?.container ?? {};
  return (
    command.some((word) => word.includes("custom_job.launcher")) && args[args.indexOf("--type") + 1] === "CustomJob"
  );
}
