import { compile, container, Dataset, int, Model, pipeline, string } from "../../../specs/index.ts";
import { createPvc } from "../../../specs/kubernetes/index.ts";
import { type Authors, componentOf } from "./reference.ts";

export const python = "registry.access.redhat.com/ubi9/python-311:latest";

const echo = container("echo", { image: python, command: ["echo"], args: ["hello world"] });

/** Components that are containers. */
export const containers: Authors = {
  "arguments_parameters.yaml": () =>
    compile(
      container("echo", {
        image: python,
        inputs: { param1: string(), param2: string() },
        command: ["echo"],
        args: ({ inputs }) => [`${inputs.param1}-${inputs.param2}`],
      }),
      { parameters: { param1: "hello" } },
    ),

  "container_io.yaml": () =>
    compile(
      container("container-io", {
        image: python,
        inputs: { text: string() },
        outputs: { output_path: string() },
        command: ({ inputs }) => ["my_program", inputs.text],
        args: ({ outputs }) => ["--output_path", outputs.output_path.path],
      }),
    ),

  "container_with_artifact_output.yaml": () =>
    compile(
      container("container-with-artifact-output", {
        image: "gcr.io/my-image",
        inputs: { num_epochs: int() },
        outputs: { model: Model, model_config_path: string() },
        command: ["sh", "run.sh"],
        args: ({ inputs, outputs }) => [
          "--epochs",
          inputs.num_epochs,
          "--model_path",
          outputs.model.uri,
          "--model_metadata",
          outputs.model.metadata,
          "--model_config_path",
          outputs.model_config_path.path,
        ],
      }),
    ),

  "critical/container_component_with_no_inputs.yaml": () =>
    compile(container("hello-world-container", { image: python, command: ["echo", "hello world"] }), {
      name: "v2-container-component-no-input",
    }),

  "critical/pipeline_with_volume_long_name.yaml": (file) => {
    const dummy = componentOf(file, "dummy-task");
    return compile(
      pipeline("here-is-a-pipeline-very-long-name", {}, () => {
        createPvc({
          access_modes: ["ReadWriteOnce"],
          pvc_name_suffix: "-my-pvc",
          size: "1Gi",
          storage_class_name: "standard",
        });
        dummy();
      }),
    );
  },

  "critical/producer_consumer_param_pipeline.yaml": () => {
    const produce = container("producer", {
      image: python,
      inputs: { input_text: string() },
      outputs: { output_value: string() },
      command: ({ inputs, outputs }) => [
        "sh",
        "-c",
        'set -e -x\nmkdir -p "$(dirname "$1")"\necho "$0, this is an output parameter" > "$1"\n',
        inputs.input_text,
        outputs.output_value.path,
      ],
    });
    const consume = container("consumer", {
      image: python,
      inputs: { input_value: string() },
      command: ({ inputs }) => [
        "sh",
        "-c",
        'set -e -x\necho "Read from an input parameter: " && echo "$0"\n',
        inputs.input_value,
      ],
    });
    return compile(
      pipeline(
        "producer-consumer-param-pipeline",
        { inputs: { text: string({ default: "Hello world" }) } },
        ({ text }) => {
          consume({ input_value: produce({ input_text: text }).output_value });
        },
      ),
    );
  },

  "critical/two_step_pipeline_containerized.yaml": () => {
    const write = container("component1", {
      image: "alpine",
      inputs: { text: string() },
      outputs: { output_gcs: Dataset },
      command: ["sh", "-c", 'mkdir --parents $(dirname "$1") && echo "$0" > "$1"'],
      args: ({ inputs, outputs }) => [inputs.text, outputs.output_gcs.path],
    });
    const read = container("component2", {
      image: "alpine",
      inputs: { input_gcs: Dataset },
      command: ["cat"],
      args: ({ inputs }) => [inputs.input_gcs.path],
    });
    const twoSteps = pipeline("containerized-two-step-pipeline", { inputs: { text: string() } }, ({ text }) => {
      read({ input_gcs: write({ text }).output_gcs });
    });
    return compile(twoSteps, { parameters: { text: "Hello KFP Containerized!" } });
  },

  "essential/container_no_input.yaml": () =>
    compile(container("container-no-input", { image: python, command: ["echo", "hello world"] })),

  "hello_world.yaml": () => compile(echo),
  "mounted_cabundle_configmap.yaml": () => compile(echo),
  "mounted_cabundle_secret.yaml": () => compile(echo),
};
