import { type FieldViolation, invalidArgument } from "../wire/errors.ts";
import { findImageProblem, labelProblems } from "../wire/fields.ts";
import { isMachineType, takesTopology } from "./machine-types.ts";
import type { CustomJobMessage, CustomJobSpecMessage, MachineMessage, WorkerPoolMessage } from "./records.ts";

/** Refuses what Vertex refuses; throws INVALID_ARGUMENT with every problem, or UNIMPLEMENTED. */
export function validateCustomJob(
  message: CustomJobMessage | undefined,
): asserts message is CustomJobMessage & { readonly jobSpec: CustomJobSpecMessage } {
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) => violations.push({ field: `custom_job.${field}`, description });
  const displayName = message?.displayName ?? "";
  if (displayName === "" || displayName.length > 128)
    refuse("display_name", "is required, with at most 128 characters");
  for (const problem of labelProblems(message?.labels ?? {})) refuse("labels", problem);
  const pools = message?.jobSpec?.workerPoolSpecs ?? [];
  if (pools.length === 0) refuse("job_spec.worker_pool_specs", "at least one worker pool is required");
  const prefix = message?.jobSpec?.baseOutputDirectory?.outputUriPrefix ?? "";
  if (prefix !== "" && !prefix.startsWith("gs://"))
    refuse("job_spec.base_output_directory.output_uri_prefix", `"${prefix}" should begin with gs://`);
  for (const [index, pool] of pools.entries()) {
    const at = `job_spec.worker_pool_specs[${index}]`;
    if (index > 0 && Object.keys(pool).length === 0) continue;
    for (const [field, problem] of programProblems(pool)) refuse(`${at}.${field}`, problem);
    if (index === 0 && Number(pool.replicaCount ?? 0) !== 1)
      refuse(`${at}.replica_count`, "the first worker pool must have exactly one replica");
    if (Number(pool.replicaCount ?? 0) < 0) refuse(`${at}.replica_count`, "should not be negative");
    for (const problem of machineProblems(pool.machineSpec)) refuse(`${at}.machine_spec`, problem);
  }
  if (violations.length > 0) throw invalidArgument(violations);
}

/** What is wrong with what a pool runs. */
function programProblems({ containerSpec, pythonPackageSpec }: WorkerPoolMessage): [field: string, problem: string][] {
  const problems: [string, string][] = [];
  if (pythonPackageSpec === undefined) {
    const image = findImageProblem(containerSpec?.imageUri);
    if (image !== undefined) problems.push(["container_spec.image_uri", image]);
    if ((containerSpec?.env?.length ?? 0) > 100) problems.push(["container_spec.env", "has more than 100 variables"]);
    return problems;
  }
  const { executorImageUri, packageUris = [], pythonModule = "", env = [] } = pythonPackageSpec;
  const refuse = (field: string, problem: string) => problems.push([`python_package_spec.${field}`, problem]);
  const image = findImageProblem(executorImageUri);
  if (image !== undefined) refuse("executor_image_uri", image);
  if (packageUris.length === 0 || packageUris.length > 100) refuse("package_uris", "should be 1 to 100");
  for (const uri of packageUris)
    if (!/^gs:\/\/[^/]+\/./.test(uri)) refuse("package_uris", `"${uri}" should be gs://BUCKET/OBJECT`);
  if (!/^\w+(?:\.\w+)*$/.test(pythonModule)) refuse("python_module", `"${pythonModule}" isn't the name of a module`);
  if (env.length > 100) refuse("env", "has more than 100 variables");
  return problems;
}

/** What is wrong with a machine. */
export function machineProblems(machine: MachineMessage | undefined): string[] {
  const {
    machineType = "",
    tpuTopology = "",
    acceleratorType = "ACCELERATOR_TYPE_UNSPECIFIED",
    acceleratorCount = 0,
  } = machine ?? {};
  const problems: string[] = [];
  if (machineType === "") problems.push("machine_type is required");
  else if (!isMachineType(machineType)) problems.push(`machine_type: Machine type "${machineType}" is not supported`);
  else {
    if (tpuTopology !== "" && !takesTopology(machineType))
      problems.push(`tpu_topology: ${machineType} has no TPU topology`);
    if (takesTopology(machineType) && !/^\d+x\d+(x\d+)?$/.test(tpuTopology))
      problems.push(`tpu_topology: "${tpuTopology}" should be such as 2x4`);
  }
  if ((acceleratorType === "ACCELERATOR_TYPE_UNSPECIFIED") !== (acceleratorCount === 0)) {
    problems.push("accelerator_type and accelerator_count go together");
  }
  return problems;
}
