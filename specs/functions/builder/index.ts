export type {
  FunctionBody,
  FunctionInputs,
  FunctionIo,
  FunctionOutputs,
  InputArtifact,
  OutputArtifact,
  Returned,
  TaskFinalStatus,
} from "./io.ts";
export { type FunctionDefinition, type FunctionResults, nodeImage, task } from "./task.ts";
