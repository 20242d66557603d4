import { SpecError } from "../error.ts";
import type { DefinitionNodes, JsonValue, PipelineNode, PipelineOutputNode } from "../nodes/index.ts";
import { here } from "../origin.ts";
import type { Call, Given, Inputs, ValuesOf } from "./checks.ts";
import { madeByTask, mapValues, type OutputsOf, readReturned } from "./returned.ts";
import { closeScope, inside, openTrace, type Scope, type Trace } from "./scope.ts";
import { addTask, type Task } from "./task.ts";
import type { AnyTask } from "./task-methods.ts";
import { refuseUnused } from "./unused.ts";
import { type AnyValue, toValue, type ValueInternals } from "./values.ts";

/** A pipeline, ready to be compiled, or to be a step of another: call it with its inputs, and it becomes a task. */
export interface Pipeline<In extends Inputs, Out> {
  <const Arguments extends Given<In>>(...inputs: Call<In, Arguments>): Task<Out>;
  readonly node: PipelineNode;
  readonly outputs: readonly (keyof Out & string)[];
  readonly inputs: In;
}

/** What a pipeline's function may give back. */
export type PipelineOutputs = Readonly<Record<string, AnyValue>>;

/** A whole task gives all its outputs. */
// biome-ignore lint/suspicious/noConfusingVoidType: a body that gives nothing back may call anything last.
export type PipelineResult = PipelineOutputs | (AnyTask & { readonly outputs: PipelineOutputs }) | void;

export interface PipelineDefinition<In extends Inputs> {
  readonly inputs?: In;
  readonly displayName?: string;
  readonly description?: string;
  /** The bucket folder that outputs go to, where the job does not say another. */
  readonly root?: string;
  /** An input that no task takes is a mistake, unless this says otherwise. */
  readonly unusedInputs?: "refuse" | "allow";
  /** The whole pipeline's options for open-source Kubeflow Pipelines, as `pipelineConfig(…)` makes them. */
  readonly kubernetes?: Readonly<Record<string, JsonValue>>;
}

/**
 * A pipeline. The function runs at once, and writes down what it calls: it sees no values, but where they will come from.
 * Throws `SpecError`.
 *
 * ```ts
 * const trainOnce = pipeline("train-once", { inputs: { data: string() } }, ({ data }) => {
 *   const trained = train({ data: importer(Dataset, { uri: data }) }).retry({ count: 2 });
 *   return { model: trained.model };
 * });
 * ```
 */
export function pipeline<
  const In extends Inputs = Record<never, never>,
  const Result extends PipelineResult = undefined,
>(
  name: string,
  definition: PipelineDefinition<In>,
  body: (inputs: ValuesOf<In>) => Result,
): Pipeline<In, OutputsOf<Result>> {
  const scope = openTrace(name, here());
  const { trace } = scope;
  const inputs: DefinitionNodes = definition.inputs ?? {};
  const values = mapValues(inputs, (of, input) =>
    toValue({ node: Object.freeze({ kind: "pipeline-input", name: input }), definition: of, scope }),
  );
  const returned = inside(scope, () => body(Object.freeze(values) as unknown as ValuesOf<In>));
  const outputs = mapValues(readReturned(returned, scope, "a pipeline"), (value, output) =>
    outputNode(value, output, scope),
  );
  const steps = closeScope(scope);
  if (steps.length === 0) throw new SpecError("empty", "has no task.", { pipeline: name }, trace.origin);
  if (definition.unusedInputs !== "allow") refuseUnused(name, inputs, steps, outputs, trace.origin);

  const { displayName, description, root, kubernetes } = definition;
  const node: PipelineNode = Object.freeze({
    kind: "pipeline",
    origin: trace.origin,
    name,
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(root !== undefined && { root }),
    inputs: withAbsentTexts(inputs, trace),
    outputs: Object.freeze(outputs),
    steps,
    ...(kubernetes !== undefined && { kubernetes }),
  });
  const definitions = { inputs: node.inputs, outputs: mapValues(outputs, (output) => output.definition) };
  const use = (given: Readonly<Record<string, unknown>> = {}) => addTask(node, definitions, given);
  return Object.freeze(
    Object.assign(use, { node, inputs: (definition.inputs ?? {}) as In, outputs: Object.keys(outputs) }),
  ) as unknown as Pipeline<In, OutputsOf<Result>>;
}

function outputNode({ node, definition, ...value }: ValueInternals, output: string, scope: Scope): PipelineOutputNode {
  const place = { pipeline: scope.trace.pipeline, output };
  if (value.conditional) {
    const message =
      "may not exist: give it back from every branch, with .otherwise(…) as the last, or as collected(…).";
    throw new SpecError("unreachable", message, place, here());
  }
  if (value.scope !== scope) {
    const where = value.scope.group?.what ?? "pipeline";
    const message = `comes from inside a ${where}. Return it from the ${where}'s body, and take it from there.`;
    throw new SpecError("unreachable", message, place, scope.trace.origin);
  }
  if (!madeByTask(node)) {
    throw new SpecError("unsupported", "must come from a task.", place, scope.trace.origin);
  }
  const { description: _, ...plain } = definition;
  const said = value.description === undefined ? {} : { description: value.description };
  return Object.freeze({ definition: { ...plain, ...said }, value: node });
}

/** A text whose presence a condition asks about defaults to the empty one. */
function withAbsentTexts(inputs: DefinitionNodes, trace: Trace): DefinitionNodes {
  return Object.freeze(
    mapValues(inputs, (definition, name) =>
      trace.emptyWhenAbsent.has(name) && definition.kind === "parameter" ? { ...definition, default: "" } : definition,
    ),
  );
}
