import type {
  PipelineDeploymentConfig_ExecutorSpecJson,
  PipelineDeploymentConfigJson,
  PipelineSpecJson,
} from "./generated/pipeline_spec_pb.js";

/** The parts of the IR under shorter names, in their JSON form. */
export type {
  ArtifactTypeSchemaJson,
  ComponentInputsSpec_ArtifactSpecJson,
  ComponentInputsSpec_ParameterSpecJson,
  ComponentInputsSpecJson,
  ComponentOutputsSpec_ArtifactSpecJson,
  ComponentOutputsSpec_ParameterSpecJson,
  ComponentOutputsSpecJson,
  ComponentSpecJson,
  DagOutputsSpec_DagOutputArtifactSpecJson,
  DagOutputsSpec_DagOutputParameterSpecJson,
  DagOutputsSpecJson,
  DagSpecJson,
  ExecutorInputJson,
  ExecutorOutputJson,
  ParameterType_ParameterTypeEnumJson,
  PipelineDeploymentConfig_ExecutorSpecJson,
  PipelineDeploymentConfig_ImporterSpecJson,
  PipelineDeploymentConfig_PipelineContainerSpec_ResourceSpecJson,
  PipelineDeploymentConfig_PipelineContainerSpecJson,
  PipelineDeploymentConfigJson,
  PipelineJobJson,
  PipelineSpecJson,
  PipelineTaskSpecJson,
  RuntimeArtifactJson,
  TaskInputsSpec_InputArtifactSpecJson,
  TaskInputsSpec_InputParameterSpecJson,
  TaskInputsSpecJson,
  ValueOrRuntimeParameterJson,
} from "./generated/pipeline_spec_pb.js";

/** A pipeline spec whose `deploymentSpec`, a bare Struct on the wire, has its own type. */
export type PipelineSpec = Omit<PipelineSpecJson, "deploymentSpec"> & {
  readonly deploymentSpec?: PipelineDeploymentConfigJson;
};

export type Executor = PipelineDeploymentConfig_ExecutorSpecJson;
