import {
  Artifact,
  compile,
  concat,
  container,
  currentTask,
  Dataset,
  ifPresent,
  job,
  pipeline,
  string,
} from "../../../specs/index.ts";
import { python } from "./containers.ts";
import { type Authors, componentOf } from "./reference.ts";

/** Texts that are filled in when a task starts. */
export const placeholders: Authors = {
  "container_with_if_placeholder.yaml": () =>
    compile(
      container("container-with-if-placeholder", {
        image: python,
        inputs: { optional_input: string({ default: "default" }) },
        outputs: { dataset: Dataset, output_path: string() },
        command: ({ inputs, outputs }) => [
          "my_program",
          ifPresent(inputs.optional_input, [inputs.optional_input], ["bye"]),
          "--dataset",
          ifPresent(inputs.optional_input, [outputs.dataset.uri], ["bye"]),
        ],
        args: ({ outputs }) => ["--output_path", outputs.output_path.path],
      }),
    ),

  "container_with_placeholder_in_fstring.yaml": () =>
    compile(
      container("container-with-placeholder-in-fstring", {
        image: python,
        inputs: { text1: string({ default: "text!" }) },
        outputs: { output_artifact: Artifact },
        command: ({ inputs, outputs }) => ["my_program", `prefix-${inputs.text1}`, `${outputs.output_artifact.uri}/0`],
      }),
    ),

  "critical/pipeline_with_placeholders.yaml": (file) => {
    const print = componentOf(file, "print-all-placeholders", {
      inputs: {
        job_name: string(),
        job_resource_name: string(),
        job_id: string(),
        task_name: string(),
        task_id: string(),
      },
    });
    return compile(
      pipeline("pipeline-with-placeholders", {}, () => {
        print({
          job_name: job.name,
          job_resource_name: job.resourceName,
          job_id: job.uuid,
          task_name: currentTask.name,
          task_id: currentTask.uuid,
        }).cache(false);
      }),
    );
  },

  "essential/placeholder_with_if_placeholder_none_input_value.yaml": () => {
    const echo = container("component-with-optional-inputs", {
      image: "ghcr.io/containerd/busybox",
      inputs: {
        required_input: string(),
        optional_input_1: string({ optional: true }),
        optional_input_2: string({ optional: true }),
      },
      command: ["echo"],
      args: ({ inputs }) => [
        "--arg0",
        inputs.required_input,
        ifPresent(inputs.optional_input_1, ["--arg1", inputs.optional_input_1]),
        ifPresent(inputs.optional_input_2, ["--arg2", inputs.optional_input_2], ["--arg2", "default value"]),
      ],
    });
    return compile(
      pipeline(
        "one-step-pipeline-with-if-placeholder-supply-none",
        { inputs: { input0: string({ default: "input0" }) } },
        ({ input0 }) => {
          echo({ required_input: input0 });
        },
      ),
    );
  },

  "pipeline_with_concat_placeholder.yaml": () => {
    const check = container("component-with-concat-placeholder", {
      image: "ghcr.io/containerd/busybox",
      inputs: { input_one: string(), input_two: string() },
      command: ["sh", "-ec"],
      args: ({ inputs }) => [
        'echo "$0" > /tmp/test && [[ "$0" == \'one+two=three\' ]]',
        concat(inputs.input_one, "+", inputs.input_two, "=three"),
      ],
    });
    return compile(
      pipeline("one-step-pipeline-with-concat-placeholder", {}, () => {
        check({ input_one: "one", input_two: "two" });
      }),
    );
  },
};
