/**
 * The authoring language: TypeScript to Vertex pipeline specs.
 *
 * Authors write with the builders; `compile` turns what they wrote into a spec, the same bytes each time.
 */
export * from "./builders/index.ts";
export { compile } from "./compile.ts";
export type { CompiledSpec, CompileOptions } from "./emit/index.ts";
export { SpecError, type SpecErrorCode, type SpecErrorPlace } from "./error.ts";
export {
  type FunctionBody,
  type FunctionDefinition,
  type FunctionIo,
  type InputArtifact,
  type OutputArtifact,
  type TaskFinalStatus,
  task,
} from "./functions/builder/index.ts";
export {
  checkHardware,
  findMachine,
  findTpu,
  type HardwareProblem,
  type HardwareRequest,
  type MachineName,
  type MachineType,
  machine,
  type TpuSlice,
  tpu,
} from "./hardware/index.ts";
export type { PipelineSpec } from "./ir/types.ts";
export { InvalidSpecError, parseSpec, type SpecProblem, validateSpec } from "./ir/validate.ts";
export { checkJob, checkLimits, type LimitFinding } from "./limits/index.ts";
export { componentFromSpec, type LoadedComponent, type ParameterOf, type SpecDocuments } from "./load/bind.ts";
