/**
 * The texts that Vertex fills in when a task starts.
 * https://github.com/kubeflow/pipelines/blob/master/sdk/python/kfp/dsl/placeholders.py
 */
export const placeholder = {
  inputParameter: (name: string) => `{{$.inputs.parameters['${name}']}}`,
  inputArtifact: (name: string, property: "path" | "uri" | "metadata") =>
    `{{$.inputs.artifacts['${name}'].${property}}}`,
  inputArtifacts: (name: string) => `{{$.inputs.artifacts['${name}']}}`,
  outputParameterFile: (name: string) => `{{$.outputs.parameters['${name}'].output_file}}`,
  outputArtifacts: (name: string) => `{{$.outputs.artifacts['${name}']}}`,
  outputArtifact: (name: string, property: "path" | "uri" | "metadata") =>
    `{{$.outputs.artifacts['${name}'].${property}}}`,
  executorInput: "{{$}}",
  /** The same, for a text that stands inside JSON text itself. */
  escapedExecutorInput: "{{$.json_escape[1]}}",
} as const;
