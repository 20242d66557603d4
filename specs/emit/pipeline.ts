import { SpecError } from "../error.ts";
import type {
  ComponentSpecJson,
  DagOutputsSpecJson,
  DagSpecJson,
  Executor,
  PipelineSpec,
  PipelineTaskSpecJson,
} from "../ir/types.ts";
import type { PipelineNode, PipelineOutputNode } from "../nodes/index.ts";
import { componentInputs } from "./component-inputs.ts";
import { componentOutputs } from "./component-outputs.ts";
import { emitInputs, emitOutputs } from "./definitions.ts";
import { effectiveComponent, emitExecutor } from "./executors.ts";
import { type Group, isTask, type Layout, layOut, type PlacedTask } from "./layout.ts";
import { isPipelineName, UniqueNames } from "./names.ts";
import { emitGroupTask, emitTask } from "./task.ts";

/** What wrote the spec, as its `sdkVersion`. */
const sdkVersion = "retemper-0.1.0";

/** A pipeline as the IR has it. */
export function emitPipeline(pipeline: PipelineNode): PipelineSpec {
  if (!isPipelineName(pipeline.name)) {
    throw new SpecError(
      "invalid-name",
      "a pipeline's name has 1 to 128 lower case letters, digits and hyphens, and starts with no hyphen.",
      {
        pipeline: pipeline.name,
      },
    );
  }
  const layout = layOut(pipeline);
  const labels = new UniqueNames();
  const componentNames = new UniqueNames();
  const components: Record<string, ComponentSpecJson> = {};
  const executors: Record<string, Executor> = {};

  const dag = emitDag(layout.root);
  const outputs = Object.entries(pipeline.outputs);
  const root: ComponentSpecJson = {
    ...emitInputs(Object.entries(pipeline.inputs)),
    ...emitOutputs(outputs.map(([name, output]) => [name, output.definition] as const)),
    dag: outputs.length === 0 ? dag : { ...dag, outputs: emitDagOutputs(outputs) },
  };
  return {
    pipelineInfo: {
      name: pipeline.name,
      ...(pipeline.displayName !== undefined && { displayName: pipeline.displayName }),
      ...(pipeline.description !== undefined && { description: pipeline.description }),
    },
    schemaVersion: "2.1.0",
    sdkVersion,
    root,
    ...(Object.keys(components).length > 0 && { components }),
    deploymentSpec: { executors },
  };

  function emitDag(group: Group): DagSpecJson {
    const tasks: [string, PipelineTaskSpecJson][] = group.members.map((member) => [
      member.name,
      isTask(member) ? emitMember(member) : emitBranch(member, group),
    ]);
    return { tasks: Object.fromEntries(tasks) };
  }

  function emitMember(task: PlacedTask): PipelineTaskSpecJson {
    const component = effectiveComponent(task.node);
    const name = componentNames.take(`comp-${task.name}`);
    const executorLabel = labels.take(`exec-${task.name}`);
    components[name] = {
      executorLabel,
      ...emitInputs(Object.entries(componentInputs(component))),
      ...emitOutputs(Object.entries(componentOutputs(component))),
    };
    executors[executorLabel] = emitExecutor(component, task.node);
    return emitTask(layout, task, name);
  }

  function emitBranch(group: Group, around: Group): PipelineTaskSpecJson {
    const name = componentNames.take(`comp-${group.name}`);
    components[name] = {
      ...emitInputs(
        [...group.channels.values()].map(({ name: channel, definition }) => [channel, definition] as const),
      ),
      dag: emitDag(group),
    };
    return emitGroupTask(layout, group, around, name);
  }

  function emitDagOutputs(all: readonly (readonly [string, PipelineOutputNode])[]): DagOutputsSpecJson {
    const parameters: NonNullable<DagOutputsSpecJson["parameters"]> = {};
    const artifacts: NonNullable<DagOutputsSpecJson["artifacts"]> = {};
    for (const [name, output] of all) {
      const { task, key } = producerOf(layout, name, output);
      if (output.definition.kind === "parameter") {
        parameters[name] = { valueFromParameter: { producerSubtask: task, outputParameterKey: key } };
      } else {
        artifacts[name] = { artifactSelectors: [{ producerSubtask: task, outputArtifactKey: key }] };
      }
    }
    return {
      ...(Object.keys(parameters).length > 0 && { parameters }),
      ...(Object.keys(artifacts).length > 0 && { artifacts }),
    };
  }

  function producerOf(within: Layout, name: string, { value }: PipelineOutputNode): { task: string; key: string } {
    const task = value.kind === "task-output" ? within.tasks.get(value.task) : undefined;
    if (task === undefined || value.kind !== "task-output") {
      throw new SpecError("unsupported", `output "${name}" must come from a task.`, { pipeline: pipeline.name });
    }
    if (task.group !== within.root) {
      throw new SpecError(
        "unreachable",
        `output "${name}" comes from task "${task.name}", which runs only in branch "${task.group.name}". ` +
          "A pipeline gives only what it always makes; read this one from the task itself.",
        { pipeline: pipeline.name },
      );
    }
    return { task: task.name, key: value.output };
  }
}
