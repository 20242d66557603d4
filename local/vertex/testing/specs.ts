import type { JsonObject } from "../wire/json.ts";
import { nodeImage } from "./image.ts";

/** Small pipeline specs for tests. */

interface Component {
  readonly inputDefinitions?: object;
  readonly outputDefinitions?: object;
}

/** A component that runs a program of Node; `args` follow it, from `process.argv[1]` on. */
export interface Program extends Component {
  readonly program: string;
  readonly args?: readonly string[];
}

export interface SpecParts {
  readonly name?: string;
  readonly root: object;
  readonly programs?: Readonly<Record<string, Program>>;
  readonly components?: Readonly<Record<string, object>>;
  readonly executors?: Readonly<Record<string, object>>;
}

export function pipelineSpec({
  name = "test-pipeline",
  root,
  programs = {},
  components = {},
  executors = {},
}: SpecParts): JsonObject {
  const made = Object.entries(programs).map(([label, { program, args = [], ...definitions }]) => ({
    component: [label, { ...definitions, executorLabel: `exec-${label}` }] as const,
    executor: [
      `exec-${label}`,
      { container: { image: `${nodeImage.name}:1`, command: ["node", "-e", program], args } },
    ] as const,
  }));
  return {
    pipelineInfo: { name },
    schemaVersion: "2.1.0",
    sdkVersion: "retemper-test",
    root,
    components: { ...Object.fromEntries(made.map(({ component }) => component)), ...components },
    deploymentSpec: { executors: { ...Object.fromEntries(made.map(({ executor }) => executor)), ...executors } },
  } as unknown as JsonObject;
}

export const artifact = { artifactType: { schemaTitle: "system.Artifact", schemaVersion: "0.0.1" } };
export const text = { parameterType: "STRING" };
export const integer = { parameterType: "NUMBER_INTEGER" };

export const output = (producerTask: string, outputParameterKey: string) => ({
  taskOutputParameter: { producerTask, outputParameterKey },
});
export const outputArtifact = (producerTask: string, outputArtifactKey: string) => ({
  taskOutputArtifact: { producerTask, outputArtifactKey },
});
export const input = (componentInputParameter: string) => ({ componentInputParameter });
export const constant = (value: unknown) => ({ runtimeValue: { constant: value } });
export const inputArtifact = (componentInputArtifact: string) => ({ componentInputArtifact });
/** A task, by the component that it runs. */
export const task = (component: string, more: object = {}) => ({
  componentRef: { name: component },
  taskInfo: { name: component },
  ...more,
});
export const parameters = (values: object) => ({ inputs: { parameters: values } });
export const outputs = (values: Readonly<Record<string, readonly [task: string, key: string]>>) => ({
  parameters: Object.fromEntries(
    Object.entries(values).map(([name, [producerSubtask, outputParameterKey]]) => [
      name,
      { valueFromParameter: { producerSubtask, outputParameterKey } },
    ]),
  ),
});
export const artifactOutputs = (
  values: Readonly<Record<string, readonly (readonly [task: string, key: string])[]>>,
) => ({
  artifacts: Object.fromEntries(
    Object.entries(values).map(([name, selectors]) => [
      name,
      {
        artifactSelectors: selectors.map(([producerSubtask, outputArtifactKey]) => ({
          producerSubtask,
          outputArtifactKey,
        })),
      },
    ]),
  ),
});
export const list = { parameterType: "LIST" };
export const struct = { parameterType: "STRUCT" };
export const optional = (definition: object) => ({ ...definition, isOptional: true });

/** Gives its parameter `value`, as text. */
export const echo: Program = {
  program: "require('fs').writeFileSync(process.argv[2], process.argv[1])",
  args: ["{{$.inputs.parameters['value']}}", "{{$.outputs.parameters['out'].output_file}}"],
  inputDefinitions: { parameters: { value: text } },
  outputDefinitions: { parameters: { out: text } },
};
/** Writes its parameter `value` into its artifact `file`. */
export const write: Program = {
  program: "require('fs').writeFileSync(process.argv[2], process.argv[1])",
  args: ["{{$.inputs.parameters['value']}}", "{{$.outputs.artifacts['file'].path}}"],
  inputDefinitions: { parameters: { value: text } },
  outputDefinitions: { artifacts: { file: artifact } },
};
/** Gives the content of its artifact `file`, as text. */
export const read: Program = {
  program: "const fs = require('fs'); fs.writeFileSync(process.argv[2], fs.readFileSync(process.argv[1]))",
  args: ["{{$.inputs.artifacts['file'].path}}", "{{$.outputs.parameters['out'].output_file}}"],
  inputDefinitions: { artifacts: { file: artifact } },
  outputDefinitions: { parameters: { out: text } },
};
/** Says what is wrong and exits with 3. */
export const failing: Program = { program: "console.error('the disk is full'); process.exit(3)" };
