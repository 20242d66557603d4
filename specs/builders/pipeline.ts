import { SpecError } from "../error.ts";
import type {
  ConditionNode,
  DefinitionNode,
  DefinitionNodes,
  PipelineNode,
  PipelineOutputNode,
  StepNode,
  ValueNode,
} from "../nodes/index.ts";
import type { Inputs, ValuesOf } from "./checks.ts";
import { closeScope, inside, openTrace, type Trace } from "./scope.ts";
import { type ArtifactValue, artifactValue, internals, type ParameterValue, parameterValue } from "./values.ts";

/** A pipeline, ready to be compiled. */
export interface Pipeline<In extends Inputs, Out extends PipelineOutputs> {
  readonly node: PipelineNode;
  readonly outputs: readonly (keyof Out & string)[];
  readonly inputs: In;
}

/** What a pipeline's function may give back. */
export type PipelineOutputs = Readonly<Record<string, ArtifactValue | ParameterValue>>;

export interface PipelineDefinition<In extends Inputs> {
  readonly inputs?: In;
  readonly displayName?: string;
  readonly description?: string;
  /** An input that no task takes is a mistake, unless this says otherwise. */
  readonly unusedInputs?: "refuse" | "allow";
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
  const Out extends PipelineOutputs = Record<never, never>,
>(
  name: string,
  definition: PipelineDefinition<In>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a body that gives nothing back may call anything last.
  body: (inputs: ValuesOf<In>) => Out | void,
): Pipeline<In, Out> {
  const scope = openTrace(name);
  const { trace } = scope;
  const given = Object.entries(definition.inputs ?? {}).map(([input, of]) => {
    const internal = { node: Object.freeze({ kind: "pipeline-input", name: input } as const), definition: of, scope };
    return [
      input,
      of.kind === "artifact" ? artifactValue(internal, of.schemaTitle) : parameterValue(internal, of.type),
    ];
  });
  const outputs: PipelineOutputs =
    inside(scope, () => body(Object.freeze(Object.fromEntries(given)) as ValuesOf<In>)) ?? {};
  const steps = closeScope(scope);
  if (steps.length === 0) throw new SpecError("empty", "has no task.", { pipeline: name });
  if (definition.unusedInputs !== "allow") refuseUnused(name, definition.inputs ?? {}, steps);

  const node: PipelineNode = Object.freeze({
    kind: "pipeline",
    name,
    ...(definition.displayName !== undefined && { displayName: definition.displayName }),
    ...(definition.description !== undefined && { description: definition.description }),
    inputs: withAbsentTexts(definition.inputs ?? {}, trace),
    outputs: Object.freeze(
      Object.fromEntries(Object.entries(outputs).map(([output, value]) => [output, outputNode(value)])),
    ),
    steps,
  });
  return Object.freeze({
    node,
    inputs: (definition.inputs ?? {}) as In,
    outputs: Object.keys(outputs) as (keyof Out & string)[],
  });
}

function outputNode(value: ArtifactValue | ParameterValue): PipelineOutputNode {
  const { node, definition } = value[internals];
  return Object.freeze({ definition: unconditional(definition), value: node });
}

function unconditional(definition: DefinitionNode): DefinitionNode {
  const { description: _, ...rest } = definition;
  return rest;
}

/** A text whose presence a condition asks about defaults to the empty one. */
function withAbsentTexts(inputs: DefinitionNodes, trace: Trace): DefinitionNodes {
  return Object.freeze(
    Object.fromEntries(
      Object.entries(inputs).map(([name, definition]) => [
        name,
        trace.emptyWhenAbsent.has(name) && definition.kind === "parameter"
          ? { ...definition, default: "" }
          : definition,
      ]),
    ),
  );
}

function refuseUnused(pipelineName: string, inputs: DefinitionNodes, steps: readonly StepNode[]): void {
  const used = new Set<string>();
  visit(steps);
  const unused = Object.keys(inputs).filter((name) => !used.has(name));
  if (unused.length === 0) return;
  throw new SpecError(
    "unused-input",
    `no task takes the input${unused.length === 1 ? "" : "s"} ${unused.map((name) => `"${name}"`).join(", ")}. ` +
      'Remove it, or say unusedInputs: "allow".',
    { pipeline: pipelineName },
  );

  function visit(all: readonly StepNode[]): void {
    for (const step of all) {
      if (step.kind === "task") {
        for (const value of Object.values(step.arguments)) note(value);
      } else {
        for (const branch of step.branches) {
          visitCondition(branch.condition);
          visit(branch.steps);
        }
      }
    }
  }

  function visitCondition(condition: ConditionNode): void {
    switch (condition.kind) {
      case "compare":
        note(condition.left.value);
        note(condition.right.value);
        break;
      case "not":
        visitCondition(condition.condition);
        break;
      case "and":
      case "or":
        for (const each of condition.conditions) visitCondition(each);
    }
  }

  function note(value: ValueNode): void {
    if (value.kind === "pipeline-input") used.add(value.name);
  }
}
