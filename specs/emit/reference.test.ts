import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import {
  Artifact,
  artifactType,
  type CompiledSpec,
  compile,
  concat,
  container,
  Dataset,
  ifPresent,
  importer,
  int,
  Model,
  optional,
  pipeline,
  string,
  validateSpec,
} from "../index.ts";

/**
 * Reference specs of the Kubeflow Pipelines project, written again in this language: the compiled specs must be equal,
 * but for the name of the compiler. They stand beside the checkout, not in it.
 */
const references = new URL("../../../shared/kfp/", import.meta.url);
const there = existsSync(references);
const python = "registry.access.redhat.com/ubi9/python-311:latest";

test.runIf(!there)("the reference specs are not on this machine: the comparisons below are skipped", () => {
  expect(there).toBe(false);
});

const authored: Readonly<Record<string, () => CompiledSpec>> = {
  "hello_world.yaml": () => compile(container("echo", { image: python, command: ["echo"], args: ["hello world"] })),

  "essential/container_no_input.yaml": () =>
    compile(container("container-no-input", { image: python, command: ["echo", "hello world"] })),

  "critical/container_component_with_no_inputs.yaml": () =>
    compile(container("hello-world-container", { image: python, command: ["echo", "hello world"] }), {
      name: "v2-container-component-no-input",
    }),

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
      const written = write({ text });
      read({ input_gcs: written.output_gcs });
    });
    return compile(twoSteps, { parameters: { text: "Hello KFP Containerized!" } });
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

  "essential/pipeline_with_after.yaml": () => {
    const print = container("print-text", {
      image: "alpine",
      inputs: { text: string() },
      command: ({ inputs }) => ["sh", "-c", 'set -e -x\necho "$0"\n', inputs.text],
    });
    return compile(
      pipeline("pipeline-with-after", {}, () => {
        const first = print({ text: "1st task" });
        const second = print({ text: "2nd task" }).after(first);
        print({ text: "3rd task" }).after(first, second);
      }),
    );
  },

  "long-running.yaml": () => {
    const wait = container("wait-op", {
      image: "alpine:latest",
      command: ["sh", "-c"],
      args: ["echo step-1 sleeping for 5m; sleep 300; echo done1"],
    });
    return compile(
      pipeline("wait-awhile", {}, () => {
        const first = wait();
        wait().after(first);
      }),
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

  "pipeline_with_importer_and_gcpc_types.yaml": () => {
    const VertexDataset = artifactType("google.VertexDataset");
    const consume = container("consumer-op", {
      image: "dummy",
      inputs: { dataset: VertexDataset },
      command: ["cmd"],
      args: ({ inputs }) => [inputs.dataset.path],
    });
    return compile(
      pipeline("pipeline-with-importer-and-gcpc-type", {}, () => {
        const dataset = importer(VertexDataset, {
          uri: "gs://ml-pipeline-playground/shakespeare1.txt",
          metadata: { key: "value" },
        });
        consume({ dataset });
      }),
    );
  },

  "pipeline_with_only_display_name.yaml": () => {
    const echo = container("echo", {
      image: "public.ecr.aws/docker/library/python:3.12",
      command: ["echo"],
      args: ["hello world"],
    });
    return compile(
      pipeline("echo-name", { displayName: "echo-displayname" }, () => {
        echo();
      }),
    );
  },
};

for (const [name, author] of Object.entries(authored)) {
  test(`${name}: compiles to a valid spec, and the same bytes each time`, () => {
    const compiled = author();
    expect(validateSpec(JSON.parse(compiled.json))).toEqual([]);
    expect(author().digest).toBe(compiled.digest);
    expect(compiled.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  for (const version of ["golden", "regenerated"]) {
    const file = new URL(`${version}/${name}`, references);
    test.runIf(existsSync(file))(`${name}: equals the ${version} one`, () => {
      const [document] = parseAllDocuments(readFileSync(file, "utf8"));
      const expected = document?.toJS() as Record<string, unknown>;
      expect({ ...JSON.parse(author().json), sdkVersion: null }).toEqual({ ...expected, sdkVersion: null });
    });
  }
}

test("an optional artifact may be left out", () => {
  const look = container("look", { image: python, inputs: { data: optional(Dataset) } });
  const { spec } = compile(
    pipeline("look-at-nothing", {}, () => {
      look();
    }),
  );
  expect(spec.components?.["comp-look"]?.inputDefinitions?.artifacts?.["data"]?.isOptional).toBe(true);
  expect(spec.root?.dag?.tasks?.["look"]?.inputs).toBeUndefined();
});
