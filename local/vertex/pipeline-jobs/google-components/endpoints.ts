import { notFound } from "../../wire/errors.ts";
import { isObject, type JsonObject } from "../../wire/json.ts";
import { parseName } from "../../wire/names.ts";
import { type ComponentRun, resourceUri } from "./component.ts";

export async function createEndpoint(run: ComponentRun): Promise<void> {
  const { options, dependencies } = run;
  const response = await run.operation(() =>
    dependencies.api.call("EndpointService", "CreateEndpoint", { parent: options.parent, endpoint: options.payload }),
  );
  const name = String(response["name"]);
  run.writeArtifacts({ endpoint: { uri: resourceUri(name), metadata: { resourceName: name } } });
}

export async function deleteEndpoint(run: ComponentRun): Promise<void> {
  const name = endpointOf(run.options.payload);
  await run.operation(() => run.dependencies.api.call("EndpointService", "DeleteEndpoint", { name }));
}

export async function deployModel(run: ComponentRun): Promise<void> {
  const { payload } = run.options;
  endpointOf(payload);
  await run.operation(() => run.dependencies.api.call("EndpointService", "DeployModel", payload));
}

/** Undeploys the first deployed model of the endpoint that is this model, in this version where one is named. */
export async function undeployModel(run: ComponentRun): Promise<void> {
  const { payload } = run.options;
  const endpoint = endpointOf(payload);
  const wanted = String(payload["model"] ?? "");
  const [model, version] = wanted.split("@", 2);
  await run.operation(() => {
    const { deployedModels } = run.dependencies.api.call("EndpointService", "GetEndpoint", { name: endpoint });
    const deployed = (Array.isArray(deployedModels) ? deployedModels : []).find(
      (one: JsonObject) => one["model"] === model && (version === undefined || one["modelVersionId"] === version),
    );
    if (deployed === undefined) throw notFound("DeployedModel", `of ${wanted} at ${endpoint}`);
    const split = payload["traffic_split"];
    return run.dependencies.api.call("EndpointService", "UndeployModel", {
      endpoint,
      deployedModelId: String(deployed["id"]),
      ...(isObject(split) ? { trafficSplit: split } : {}),
    });
  });
}

function endpointOf(payload: JsonObject): string {
  return parseName(String(payload["endpoint"] ?? ""), "endpoints");
}
