import { isObject, type JsonObject } from "../../wire/json.ts";
import { parseName } from "../../wire/names.ts";
import { type ComponentRun, resourceUri } from "./component.ts";

export async function uploadModel(run: ComponentRun): Promise<void> {
  const { options, dependencies, execution } = run;
  const unmanaged = execution.inputs.artifacts["unmanaged_container_model"]?.[0];
  const { containerSpec, predictSchemata } = unmanaged?.metadata ?? {};
  const model = {
    ...options.payload,
    ...(unmanaged === undefined ? {} : { artifactUri: unmanaged.uri }),
    ...(isObject(containerSpec) ? { containerSpec } : {}),
    ...(isObject(predictSchemata) ? { predictSchemata } : {}),
  };
  const parentModel = options.get("--parent_model_name").split("@", 1)[0] ?? "";
  const response = await run.operation(() =>
    dependencies.api.call("ModelService", "UploadModel", {
      parent: options.parent,
      model,
      ...(parentModel === "" ? {} : { parentModel }),
    }),
  );
  const version = response["modelVersionId"];
  const name = `${String(response["model"])}${typeof version === "string" && version !== "" ? `@${version}` : ""}`;
  run.writeArtifacts({ model: vertexModel(name) });
}

export async function getModel(run: ComponentRun): Promise<void> {
  const { options, dependencies } = run;
  const found = dependencies.api.call("ModelService", "GetModel", {
    name: `${options.parent}/models/${options.require("--model_name")}`,
  });
  run.writeArtifacts({ model: vertexModel(`${String(found["name"])}@${String(found["versionId"])}`) });
}

/** The whole model, even when one of its versions is named. */
export async function deleteModel(run: ComponentRun): Promise<void> {
  const [name = ""] = String(run.options.payload["model"] ?? "").split("@", 1);
  await run.operation(() =>
    run.dependencies.api.call("ModelService", "DeleteModel", { name: parseName(name, "models") }),
  );
}

function vertexModel(name: string): { readonly uri: string; readonly metadata: JsonObject } {
  return { uri: resourceUri(name), metadata: { resourceName: name } };
}
