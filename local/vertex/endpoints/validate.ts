import { machineProblems } from "../custom-jobs/validate.ts";
import { type FieldViolation, invalidArgument, unimplemented } from "../wire/errors.ts";
import { labelProblems } from "../wire/fields.ts";
import { type DeployedModelMessage, type EndpointMessage, replicaCount } from "./records.ts";

export function checkEndpoint(id: string | undefined, message: EndpointMessage | undefined): void {
  const violations: FieldViolation[] = [];
  if (id && !/^(?:[1-9][0-9]{0,9}|[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)$/.test(id)) {
    violations.push({
      field: "endpoint_id",
      description: `"${id}" should have at most 10 digits, or be of at most 63 lower case letters, digits and dashes`,
    });
  }
  const { displayName = "", labels = {} } = message ?? {};
  if (displayName === "" || displayName.length > 128) {
    violations.push({ field: "endpoint.display_name", description: "is required, with at most 128 characters" });
  }
  for (const description of labelProblems(labels)) violations.push({ field: "endpoint.labels", description });
  if (violations.length > 0) throw invalidArgument(violations);
}

export function checkDeployedModel(
  message: DeployedModelMessage | undefined,
  taken: readonly string[],
): asserts message is DeployedModelMessage & { readonly model: string } {
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) =>
    violations.push({ field: `deployed_model.${field}`, description });
  const { id = "", model = "", dedicatedResources, automaticResources, sharedResources } = message ?? {};
  if (sharedResources) throw unimplemented("deployed_model.shared_resources");
  if (model === "") refuse("model", "is required");
  if (id !== "" && !/^[0-9]{1,19}$/.test(id)) refuse("id", `"${id}" should have only digits`);
  if (taken.includes(id)) refuse("id", `"${id}" is taken`);
  if (dedicatedResources === undefined && automaticResources === undefined)
    refuse("dedicated_resources", "is required");
  if (dedicatedResources !== undefined) {
    for (const problem of machineProblems(dedicatedResources.machineSpec))
      refuse("dedicated_resources.machine_spec", problem);
    const { maxReplicaCount = 0 } = dedicatedResources;
    const least = replicaCount(message ?? {});
    if (least < 1) refuse("dedicated_resources.min_replica_count", "should be at least 1");
    if (maxReplicaCount !== 0 && maxReplicaCount < least)
      refuse("dedicated_resources.max_replica_count", "should be at least min_replica_count");
  }
  if (violations.length > 0) throw invalidArgument(violations);
}
