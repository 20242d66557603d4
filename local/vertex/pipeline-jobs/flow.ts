import type {
  ComponentSpecJson,
  DagSpecJson,
  PipelineTaskSpecJson,
} from "../../../specs/ir/generated/pipeline_spec_pb.js";
import { VertexError } from "../wire/errors.ts";
import { isArray, type Json, mapValues } from "../wire/json.ts";
import type { TaskInputs } from "./inputs.ts";
import type { Outcome } from "./outcome.ts";
import { fillJson } from "./placeholders.ts";
import type { ArtifactRecord, Values } from "./records.ts";

/** How values pass in and out of nested pipelines and loops. */

/** How a pipeline ended, given how its tasks did. */
export function pipelineOutcome(dag: DagSpecJson, outcomes: ReadonlyMap<string, Outcome>): Outcome {
  const outputs = selectOutputs(dag, outcomes);
  const failed = [...outcomes].filter(([, { state }]) => state === "FAILED");
  if (failed.length === 0) return { state: "SUCCEEDED", outputs };
  const names = failed.map(([name]) => name).join(", ");
  const causes = failed.map(([name, { error }]) => `${name}: ${error?.message ?? ""}`).join("; ");
  const error = new VertexError(
    "FAILED_PRECONDITION",
    `The DAG failed because some tasks failed. The failed tasks are: [${names}].; ${causes}`,
  );
  return { state: "FAILED", outputs, error: error.toStatus() };
}

/** What a pipeline gives: of each selector the first that has a value. What a branch that didn't run would give is absent. */
function selectOutputs(dag: DagSpecJson, outcomes: ReadonlyMap<string, Outcome>): Values {
  const parameters: Record<string, Json> = {};
  for (const [name, { valueFromParameter, valueFromOneof }] of Object.entries(dag.outputs?.parameters ?? {})) {
    for (const { producerSubtask = "", outputParameterKey = "" } of valueFromOneof?.parameterSelectors ?? [
      valueFromParameter ?? {},
    ]) {
      const value = outcomes.get(producerSubtask)?.outputs.parameters[outputParameterKey];
      if (value === undefined) continue;
      parameters[name] = value;
      break;
    }
  }
  const artifacts: Record<string, readonly ArtifactRecord[]> = {};
  for (const [name, { artifactSelectors = [] }] of Object.entries(dag.outputs?.artifacts ?? {})) {
    for (const { producerSubtask = "", outputArtifactKey = "" } of artifactSelectors) {
      const value = outcomes.get(producerSubtask)?.outputs.artifacts[outputArtifactKey];
      if (value === undefined) continue;
      artifacts[name] = value;
      break;
    }
  }
  return { parameters, artifacts };
}

/** The inputs of each iteration; undefined for a task that is no loop. */
export function itemsOf(
  task: PipelineTaskSpecJson,
  given: TaskInputs,
  names: Readonly<Record<string, string>>,
): readonly TaskInputs[] | undefined {
  const { parameterIterator, artifactIterator } = task;
  if (parameterIterator !== undefined) {
    const { items, itemInput = "" } = parameterIterator;
    const list =
      items?.raw === undefined
        ? listInput(items?.inputParameter ?? "", given, names)
        : fillJson(JSON.parse(items.raw) as Json, { ...given, names });
    if (list === undefined || !isArray(list)) {
      throw new VertexError(
        "INVALID_ARGUMENT",
        `The loop's items (${items?.inputParameter ?? items?.raw}) should be a list.`,
      );
    }
    return list.map((item) => ({ ...given, parameters: { ...given.parameters, [itemInput]: item } }));
  }
  if (artifactIterator !== undefined) {
    const { items, itemInput = "" } = artifactIterator;
    const list = given.artifacts[items?.inputArtifact ?? ""] ?? [];
    return list.map((artifact) => ({ ...given, artifacts: { ...given.artifacts, [itemInput]: [artifact] } }));
  }
  return undefined;
}

function listInput(name: string, given: TaskInputs, names: Readonly<Record<string, string>>): Json | undefined {
  const template = given.templates[name];
  const value = template === undefined ? given.parameters[name] : fillJson(template, { ...given, names });
  return typeof value === "string" ? (JSON.parse(value) as Json) : value;
}

/** What a loop gives: of each output the values of all iterations, in their order. */
export function gatherOutputs(component: ComponentSpecJson, outcomes: readonly Outcome[]): Outcome {
  const { parameters = {}, artifacts = {} } = component.outputDefinitions ?? {};
  const outputs: Values = {
    parameters: mapValues(parameters, (_definition, name) =>
      outcomes.map(({ outputs }) => outputs.parameters[name]).filter((value) => value !== undefined),
    ),
    artifacts: mapValues(artifacts, (_definition, name) =>
      outcomes.flatMap(({ outputs }) => outputs.artifacts[name] ?? []),
    ),
  };
  const failures = outcomes.flatMap(({ state, error }, index) =>
    state === "FAILED" ? [`iteration ${index}: ${error?.message ?? ""}`] : [],
  );
  if (failures.length === 0) return { state: "SUCCEEDED", outputs };
  const error = new VertexError(
    "FAILED_PRECONDITION",
    `${failures.length} of ${outcomes.length} iterations failed: ${failures.join("; ")}`,
  );
  return { state: "FAILED", outputs, error: error.toStatus() };
}

/** Runs at most `limit` works at once; 0 sets no limit. */
export function slots(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
