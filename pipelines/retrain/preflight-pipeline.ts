import {
  Artifact,
  type CompiledSpec,
  compile,
  container,
  Dataset,
  importer,
  Model,
  pipeline,
  string,
} from "../../specs/index.ts";
import type { PreflightConfig, PreflightHardware } from "../../trainer/contract/generated/contract.ts";
import { preflightTask } from "./job-outputs.ts";
import { trainConfig } from "./pipeline.ts";
import type { Hardware, Recipe } from "./recipe.ts";

/**
 * Compiles the training ahead of time, on a CPU, with the trainer's own container: what is compiled is then what will
 * run. The report is a JSON file, `PreflightReport` of the contract.
 */
export function compilePreflight(recipe: Recipe, image: string): CompiledSpec {
  const ask = container("preflight", {
    image,
    inputs: { base_model: Model, data: Dataset },
    outputs: { report: Artifact },
    command: ["python", "-m", "trainer", "preflight"],
    args: ({ inputs, outputs }) => [
      "--config",
      JSON.stringify(preflightConfig(recipe)),
      "--base-model",
      inputs.base_model.path,
      "--data",
      inputs.data.path,
      "--out",
      outputs.report.path,
    ],
  });
  return compile(
    pipeline(
      "preflight",
      {
        description: "Whether the training fits, and what it will take.",
        inputs: {
          base_model: string({ description: "gs:// folder of the base model." }),
          dataset: string({ description: "gs:// folder of the prepared data." }),
        },
      },
      ({ base_model, dataset }) => {
        const base = importer(Model, { uri: base_model }).named("base-model");
        const data = importer(Dataset, { uri: dataset }).named("data");
        const asked = ask({ base_model: base, data }).named(preflightTask).cpu("4").memory("16G");
        return { report: asked.report };
      },
    ),
  );
}

/** What else the hardware's question is put to, for the table of choices. */
export const alternatives: readonly PreflightHardware[] = [
  ...["v5e", "v6e"].flatMap((tpu) => ["1x1", "2x2", "2x4", "4x4", "4x8", "8x8"].map((topology) => ({ tpu, topology }))),
  { machine: "a3-highgpu-1g" },
  { machine: "a3-highgpu-8g" },
  { machine: "c3-standard-22" },
  { machine: "c3-standard-88" },
];

export function preflightConfig(recipe: Recipe, more: Partial<PreflightConfig> = {}): PreflightConfig {
  return { train: trainConfig(recipe), hardware: hardwareOf(recipe.train.hardware), alternatives, ...more };
}

function hardwareOf(hardware: Hardware): PreflightHardware {
  return "tpu" in hardware ? { tpu: hardware.tpu, topology: hardware.topology } : { machine: hardware.machine };
}
