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
