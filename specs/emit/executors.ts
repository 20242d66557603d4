import type { Executor, PipelineDeploymentConfig_ImporterSpecJson } from "../ir/types.ts";
import type { ContainerNode, ImporterNode, TaskNode } from "../nodes/index.ts";
import { emitArgument } from "./arguments.ts";
import type { Channels } from "./channels.ts";
import { emitArtifactType } from "./definitions.ts";
import { field, mutable } from "./json.ts";
import { emitResources } from "./resources.ts";
import { emitText } from "./templates.ts";

/** How a container is executed for a task. */
export function emitContainer(component: ContainerNode, { settings }: TaskNode, channels: Channels): Executor {
  // A CustomJob has the task's variables in its payload, and its launcher none.
  const own = settings.customJob === undefined ? settings.environment : {};
  const environment = Object.entries({ ...component.environment, ...own });
  const image = settings.customJob === undefined ? settings.image : undefined;
  return {
    container: {
      image: emitText(image ?? component.image, channels),
      ...(component.command.length > 0 && { command: component.command.map(emitArgument) }),
      ...(component.arguments.length > 0 && { args: component.arguments.map(emitArgument) }),
      ...(environment.length > 0 && { env: environment.map(([name, value]) => ({ name, ...field("value", value) })) }),
      ...emitResources(settings.resources, (text) => emitText(text, channels)),
    },
  };
}

/** How a URI is imported for a task. */
export function emitImporter(component: ImporterNode, task: TaskNode): Executor {
  return {
    importer: {
      artifactUri: emitUri(task),
      typeSchema: emitArtifactType(component.artifact),
      ...field("reimport", component.reimport),
      ...field("downloadToWorkspace", component.downloadToWorkspace),
      ...(Object.keys(component.metadata).length > 0 && {
        metadata: mutable(component.metadata) as NonNullable<PipelineDeploymentConfig_ImporterSpecJson["metadata"]>,
      }),
    },
  };
}

function emitUri(task: TaskNode): NonNullable<PipelineDeploymentConfig_ImporterSpecJson["artifactUri"]> {
  const uri = task.arguments["uri"];
  return uri?.kind === "constant" ? { constant: mutable(uri.value) } : { runtimeParameter: "uri" };
}
