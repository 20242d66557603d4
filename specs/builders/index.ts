export {
  Artifact,
  type ArtifactListType,
  type ArtifactType,
  artifactList,
  artifactType,
  ClassificationMetrics,
  Dataset,
  described,
  HTML,
  Markdown,
  Metrics,
  Model,
  type OptionalArtifact,
  type OptionalArtifactList,
  optional,
  SlicedClassificationMetrics,
} from "./artifacts.ts";
export { cast } from "./cast.ts";
export type { Inputs, Mistake, Outputs, ValueOf, ValuesOf } from "./checks.ts";
export { collected } from "./collected.ts";
export { and, type Condition, not, or } from "./conditions.ts";
export { type Component, type ContainerDefinition, component, container } from "./container.ts";
export { type CustomJob, type CustomJobOptions, customJob, type Machine } from "./custom-job.ts";
export { exitHandler } from "./exit-handler.ts";
export { type Imported, type ImportOptions, importer } from "./importer.ts";
export { currentTask, job } from "./job.ts";
export { type LoopOptions, parallelFor } from "./parallel-for.ts";
export {
  boolean,
  double,
  int,
  list,
  type ParameterDefinition,
  string,
  struct,
  taskConfig,
  taskFinalStatus,
} from "./parameters.ts";
export { type Pipeline, type PipelineDefinition, type PipelineOutputs, pipeline } from "./pipeline.ts";
export { type Argument, concat, executorInput, ifPresent, type Placeholder } from "./placeholders.ts";
export type { BodyResult } from "./returned.ts";
export type { Task } from "./task.ts";
export type { AnyTask, RetryOptions, Text } from "./task-methods.ts";
export type {
  AnyValue,
  ArtifactListValue,
  ArtifactValue,
  ComparableValue,
  Conditional,
  OptionalText,
  ParameterValue,
} from "./values.ts";
export { type Branches, type BranchOptions, when } from "./when.ts";
