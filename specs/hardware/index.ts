export {
  type AcceleratorRequest,
  acceleratorMistake,
  acceleratorTypes,
  taskAcceleratorMistake,
} from "./accelerators.ts";
export { checkHardware, type HardwareProblem, type HardwareRequest } from "./check.ts";
export { findMachine, type MachineName, type MachineType, machine, machineTypeNames } from "./machines.ts";
export {
  findTpu,
  type TpuGeneration,
  type TpuSlice,
  type TpuTopology,
  tpu,
  tpuGenerations,
  tpuTopologies,
} from "./tpus.ts";
