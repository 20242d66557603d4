export { checkHardware, type HardwareProblem, type HardwareRequest } from "./check.ts";
export { findMachine, type MachineType, machineTypeNames } from "./machines.ts";
export {
  findTpu,
  type TpuGeneration,
  type TpuSlice,
  type TpuTopology,
  tpu,
  tpuGenerations,
  tpuTopologies,
} from "./tpus.ts";
