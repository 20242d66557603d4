import type { ComponentSpecJson } from "../../ir/types.ts";
import type { Outputs } from "./flow.ts";
import type { Source } from "./source.ts";

/** A DAG while it is read: a pipeline's, loop's or branch's. */
export interface Scope {
  readonly path: string;
  readonly component: ComponentSpecJson;
  /** What an input of this DAG stands for. */
  resolve(input: string, artifact: boolean): Source;
  /** Names of the components around its steps, this DAG's own last. */
  readonly within: readonly string[];
  /** What comes out of the loops and branches in it, by the step's name. Filled in while its steps are read. */
  readonly handedOn: Map<string, Outputs>;
}

export function pathIn({ path }: Scope, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

/** What an output of a step stands for. */
export function outputOf(scope: Scope, step: string, name: string, artifact: boolean): Source {
  const outputs = scope.handedOn.get(step);
  if (outputs === undefined) return { kind: "output", step: pathIn(scope, step), name, artifact };
  return outputs[name] ?? { kind: "absent" };
}

/** What the outputs of the DAG itself stand for. */
export function readOutputs(scope: Scope): Outputs {
  const { parameters = {}, artifacts = {} } = scope.component.dag?.outputs ?? {};
  const outputs: [string, Source][] = [];
  for (const [name, { artifactSelectors = [] }] of Object.entries(artifacts)) {
    const sources = artifactSelectors.map(({ producerSubtask = "", outputArtifactKey = "" }) =>
      outputOf(scope, producerSubtask, outputArtifactKey, true),
    );
    outputs.push([name, oneOf(sources)]);
  }
  for (const [name, { valueFromParameter, valueFromOneof }] of Object.entries(parameters)) {
    const selectors = valueFromOneof?.parameterSelectors ?? (valueFromParameter ? [valueFromParameter] : []);
    const sources = selectors.map(({ producerSubtask = "", outputParameterKey = "" }) =>
      outputOf(scope, producerSubtask, outputParameterKey, false),
    );
    outputs.push([name, oneOf(sources)]);
  }
  return Object.fromEntries(outputs);
}

function oneOf(sources: readonly Source[]): Source {
  const [only, ...more] = sources;
  if (only === undefined) return { kind: "absent" };
  return more.length === 0 ? only : { kind: "one-of", of: sources };
}
