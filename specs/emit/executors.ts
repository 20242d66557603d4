import type { Executor, PipelineDeploymentConfig_ImporterSpecJson } from "../ir/types.ts";
import type { ComponentNode, ContainerNode, ImporterNode, TaskNode } from "../nodes/index.ts";
import { emitArgument } from "./arguments.ts";
import { wrapInCustomJob } from "./custom-job.ts";
import { emitArtifactType } from "./definitions.ts";
import { mutable } from "./json.ts";
import { emitResources } from "./resources.ts";

/** The component that a task really runs: the author's, or a launcher around it. */
export function effectiveComponent({ component, settings }: TaskNode): ComponentNode {
  if (component.kind !== "container" || settings.customJob === undefined) return component;
  return wrapInCustomJob(component, settings.customJob, settings.environment);
}

const emitters: {
  readonly [Kind in ComponentNode["kind"]]: (
    component: Extract<ComponentNode, { kind: Kind }>,
    task: TaskNode,
  ) => Executor;
} = {
  container: emitContainer,
  importer: emitImporter,
};

/** How a component is executed. */
export function emitExecutor(component: ComponentNode, task: TaskNode): Executor {
  return emitters[component.kind](component as never, task);
}

function emitContainer(component: ContainerNode, { settings }: TaskNode): Executor {
  const inner = settings.customJob === undefined ? settings.environment : {};
  const environment = Object.entries({ ...component.environment, ...inner });
  return {
    container: {
      image: component.image,
      ...(component.command.length > 0 && { command: component.command.map(emitArgument) }),
      ...(component.arguments.length > 0 && { args: component.arguments.map(emitArgument) }),
      ...(environment.length > 0 && { env: environment.map(([name, value]) => ({ name, value })) }),
      ...emitResources(settings.resources),
    },
  };
}

function emitImporter(component: ImporterNode, task: TaskNode): Executor {
  return {
    importer: {
      artifactUri: emitUri(task),
      typeSchema: emitArtifactType(component.artifact),
      ...(component.reimport && { reimport: true }),
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
