import type { PipelineTaskSpecJson } from "../../../../specs/ir/types.ts";
import type { Values } from "../../pipeline-jobs/records.ts";
import { isArray, isObject, type Json, type JsonObject } from "../../wire/json.ts";

/** How many iterations a loop has, also of those that have not begun; undefined when the step is no loop. */
export type LoopSizeOf = (step: string, inputs: Values) => number | undefined;

export function loopSizes(spec: JsonObject): LoopSizeOf {
  return (step, inputs) => {
    const { parameterIterator, artifactIterator } = taskAt(spec, step);
    if (parameterIterator !== undefined) {
      const { raw, inputParameter } = parameterIterator.items ?? {};
      return lengthOf(raw ?? inputs.parameters[inputParameter ?? ""]);
    }
    if (artifactIterator === undefined) return undefined;
    return inputs.artifacts[artifactIterator.items?.inputArtifact ?? ""]?.length;
  };
}

function taskAt(spec: JsonObject, step: string): PipelineTaskSpecJson {
  let component = objectIn(spec, "root");
  let task: JsonObject = {};
  for (const name of step.split("/")) {
    task = objectIn(objectIn(objectIn(component, "dag"), "tasks"), name);
    component = objectIn(objectIn(spec, "components"), String(objectIn(task, "componentRef")["name"]));
  }
  return task as PipelineTaskSpecJson;
}

function objectIn(json: JsonObject, name: string): JsonObject {
  const value = json[name];
  return isObject(value) ? value : {};
}

/** A list, or its JSON. */
function lengthOf(value: Json | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (isArray(value)) return value.length;
  try {
    const read = JSON.parse(String(value)) as Json;
    return isArray(read) ? read.length : undefined;
  } catch {
    // No list: the loop itself has failed by that.
    return undefined;
  }
}
