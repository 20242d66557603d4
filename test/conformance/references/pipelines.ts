import { Artifact, cast, compile, container, Dataset, int, pipeline, string } from "../../../specs/index.ts";
import { type Authors, componentOf } from "./reference.ts";

/** Pipelines in pipelines. */
export const pipelines: Authors = {
  "critical/artifact_cache.yaml": (file) => {
    const coreComp = componentOf(file, "core-comp", { outputs: { dataset: Dataset } });
    const crustComp = componentOf(file, "crust-comp", { inputs: { input: Dataset } });
    const core = pipeline("core", {}, () => ({ Output: coreComp().dataset }));
    const mantle = pipeline("mantle", {}, () => core());
    return compile(
      pipeline("artifact-cache-pipeline", {}, () => {
        crustComp({ input: mantle().Output });
      }),
    );
  },

  "critical/mixed_parameters.yaml": (file) => {
    const coreComp = componentOf(file, "core-comp", { outputs: { Output: int() } });
    const crustComp = componentOf(file, "crust-comp", { inputs: { x: int(), y: int() } });
    const core = pipeline("core", {}, () => coreComp().cache(false));
    const mantle = pipeline("mantle", {}, () => core().cache(false));
    return compile(
      pipeline("mixed-parameters-pipeline", {}, () => {
        crustComp({ x: 2, y: mantle().cache(false).Output }).cache(false);
      }),
    );
  },

  "critical/multiple_artifacts_namedtuple.yaml": (file) => {
    const datasets = { ds1: Dataset, ds2: Dataset };
    const coreComp = componentOf(file, "core-comp", { outputs: datasets });
    const crustComp = componentOf(file, "crust-comp", { inputs: datasets });
    const core = pipeline("core", {}, () => coreComp().cache(false));
    const mantle = pipeline("mantle", {}, () => core().cache(false));
    return compile(
      pipeline("multiple-artifacts-namedtuple-pipeline", {}, () => {
        crustComp(mantle().cache(false).outputs).cache(false);
      }),
    );
  },

  "critical/multiple_parameters_namedtuple.yaml": (file) => {
    const values = { val1: string(), val2: string() };
    const coreComp = componentOf(file, "core-comp", { outputs: values });
    const crustComp = componentOf(file, "crust-comp", { inputs: values });
    const core = pipeline("core", {}, () => coreComp().cache(false));
    const mantle = pipeline("mantle", {}, () => core().cache(false));
    return compile(
      pipeline("multiple-parameters-namedtuple-pipeline", {}, () => {
        crustComp(mantle().cache(false).outputs).cache(false);
      }),
    );
  },

  "essential/pipeline_with_outputs.yaml": (file) => {
    const printAndReturn = componentOf(file, "print-op1", { inputs: { msg: string() }, outputs: { Output: string() } });
    const write = container("print-op2", {
      image: "alpine",
      inputs: { msg: string() },
      outputs: { data: Artifact },
      command: ["sh", "-c", 'mkdir --parents $(dirname "$1") && echo "$0" > "$1"'],
      args: ({ inputs, outputs }) => [inputs.msg, outputs.data.path],
    });
    const inner = pipeline("inner-pipeline", { inputs: { msg: string() } }, ({ msg }) => {
      const printed = printAndReturn({ msg });
      return { msg: printed.Output, data: write({ msg: printed.Output }).data };
    });
    return compile(
      pipeline("pipeline-in-pipeline", { inputs: { msg: string({ default: "Hello" }) } }, ({ msg }) => {
        printAndReturn({ msg });
        return { Output: inner({ msg: "world" }).data };
      }),
    );
  },

  "pythonic_artifacts_with_multiple_returns.yaml": (file) => {
    const make = componentOf(file, "make-dataset", { outputs: { Output: Artifact } });
    const split = componentOf(file, "dataset-splitter", {
      inputs: { in_dataset: Dataset },
      outputs: { dataset1: Dataset, dataset2: Dataset },
    });
    const splitter = pipeline("splitter-pipeline", { inputs: { in_dataset: Dataset } }, ({ in_dataset }) => {
      const { dataset1 } = split({ in_dataset });
      return { dataset1, dataset2: dataset1 };
    });
    return compile(
      pipeline("split-datasets-and-return-first", {}, () => ({
        Output: splitter({ in_dataset: cast(Dataset, make().Output) }).dataset1,
      })),
    );
  },
};
