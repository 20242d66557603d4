export {
  Artifact,
  type ArtifactType,
  artifactType,
  ClassificationMetrics,
  Dataset,
  described,
  HTML,
  Markdown,
  Metrics,
  Model,
  type OptionalArtifact,
  optional,
  SlicedClassificationMetrics,
} from "./artifacts.ts";
export type { Mistake } from "./checks.ts";
export { and, type Condition, not, or } from "./conditions.ts";
export { type Component, type ContainerDefinition, container } from "./container.ts";
export { type CustomJobOptions, customJob, type Machine } from "./custom-job.ts";
export { type Imported, type ImportOptions, importer } from "./importer.ts";
export { job, task } from "./job.ts";
export { boolean, double, int, list, type ParameterDefinition, string, struct } from "./parameters.ts";
export { type Pipeline, type PipelineDefinition, type PipelineOutputs, pipeline } from "./pipeline.ts";
export { type Argument, concat, executorInput, ifPresent, type Placeholder } from "./placeholders.ts";
export type { AnyTask, RetryOptions, Task } from "./task.ts";
export type { ArtifactValue, ParameterValue } from "./values.ts";
export { when } from "./when.ts";
