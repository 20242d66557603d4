import {
  boolean,
  compile,
  Dataset,
  int,
  list,
  Metrics,
  Model,
  pipeline,
  string,
  struct,
} from "../../../specs/index.ts";
import { type Authors, componentOf } from "./reference.ts";

/** Python functions that take and give parameters. */
export const parameters: Authors = {
  "containerized_python_component.yaml": (file) =>
    compile(
      componentOf(file, "concat-message", {
        inputs: { message1: string(), message2: string() },
        outputs: { Output: string() },
      }),
    ),

  "critical/component_with_optional_inputs.yaml": (file) => {
    const component = componentOf(file, "component-op", {
      inputs: {
        input1: string({ default: "default value" }),
        input2: string({ optional: true }),
        input3: string({ optional: true }),
      },
    });
    return compile(
      pipeline("v2-component-optional-input", {}, () => {
        component({ input1: "Hello", input2: "World" });
      }),
    );
  },

  "critical/notebook_component_simple.yaml": (file) => {
    const run = componentOf(file, "run-train-notebook", { inputs: { text: string() } });
    return compile(
      pipeline("nb-simple", { inputs: { text: string({ default: "hello" }) } }, ({ text }) => {
        run({ text }).cache(false);
      }),
    );
  },

  "critical/pipeline_with_submit_request.yaml": (file) => {
    const submit = componentOf(file, "submit-request", { inputs: { url: string() } });
    const description = "A pipeline that requests both in-cluster & external URLs.";
    return compile(
      pipeline("pipeline-with-external-request", { description }, () => {
        submit({ url: "httpbin.org/get" }).cache(false);
        submit({ url: "ml-pipeline:8888/apis/v2beta1/healthz" }).cache(false);
      }),
    );
  },

  "env-var.yaml": (file) => {
    const read = componentOf(file, "comp", { inputs: { env_var: string() }, outputs: { Output: string() } });
    return compile(
      pipeline("test-env-exists", { inputs: { env_var: string() } }, ({ env_var }) => read({ env_var }).cache(false)),
    );
  },

  "essential/lightweight_python_functions_with_outputs.yaml": (file) => {
    const concatenate = componentOf(file, "concat-message", {
      inputs: { first: string(), second: string() },
      outputs: { Output: string() },
    });
    const add = componentOf(file, "add-numbers", {
      inputs: { first: int(), second: int() },
      outputs: { Output: int() },
    });
    const makeArtifact = componentOf(file, "output-artifact", {
      inputs: { number: int(), message: string() },
      outputs: { Output: Dataset },
    });
    const makeTuple = componentOf(file, "output-named-tuple", {
      inputs: { artifact: Dataset },
      outputs: { scalar: string(), metrics: Metrics, model: Model },
    });
    return compile(
      pipeline(
        "functions-with-outputs",
        {
          inputs: { first_message: string(), second_message: string(), first_number: int(), second_number: int() },
        },
        ({ first_message, second_message, first_number, second_number }) => {
          const message = concatenate({ first: first_message, second: second_message }).Output;
          const number = add({ first: first_number, second: second_number }).Output;
          makeTuple({ artifact: makeArtifact({ number, message }).Output });
        },
      ),
    );
  },

  "essential/pipeline_with_reused_component.yaml": (file) => {
    const add = componentOf(file, "add-numbers", { inputs: { a: int(), b: int() }, outputs: { Output: int() } });
    return compile(
      pipeline(
        "pipeline-with-reused-component",
        { inputs: { a: int({ default: 2 }), b: int({ default: 5 }) } },
        ({ a, b }) => {
          const first = add({ a, b: 3 });
          const second = add({ a: first.Output, b });
          add({ a: second.Output, b: 7 });
        },
      ),
    );
  },

  "failing/fail_v2.yaml": (file) => {
    const fail = componentOf(file, "fail");
    return compile(pipeline("fail-pipeline", {}, () => void fail()));
  },

  "identity.yaml": (file) =>
    compile(componentOf(file, "identity", { inputs: { value: string() }, outputs: { Output: string() } })),

  "integration/ray_integration_compiled.yaml": (file) => {
    const ray = componentOf(file, "ray-fn", { outputs: { Output: int() } });
    return compile(
      pipeline("ray-integration-test", { description: "Ray Integration Test" }, () => {
        ray().cache(false);
      }),
    );
  },

  "log_streaming_compiled.yaml": (file) => {
    const print = componentOf(file, "print-message", { inputs: { message: string() } });
    return compile(
      pipeline(
        "log-streaming-pipeline",
        {
          description: "Pipeline that prints a hello message in a loop to test log streaming in Dashboard",
          inputs: { message: string({ default: "Hello world" }) },
        },
        ({ message }) => {
          print({ message }).cache(false);
        },
      ),
    );
  },

  "nested_return.yaml": (file) => compile(componentOf(file, "nested-return", { outputs: { Output: list() } })),

  "pipeline_with_utils.yaml": (file) => {
    const echo = componentOf(file, "echo", { inputs: { msg: string() } });
    return compile(
      pipeline(
        "pipeline-with-utils",
        {
          description: "A simple hello world pipeline",
          inputs: { msg: string({ default: "Hello, World!" }) },
        },
        ({ msg }) => {
          echo({ msg });
        },
      ),
    );
  },

  "preprocess.yaml": (file) =>
    compile(
      componentOf(file, "preprocess", {
        inputs: { message: string(), input_dict_parameter: struct(), input_list_parameter: list() },
        outputs: {
          output_dataset_one: Dataset,
          output_dataset_two_path: Dataset,
          output_parameter_path: string(),
          output_bool_parameter_path: boolean(),
          output_dict_parameter_path: struct(),
          output_list_parameter_path: list(),
        },
      }),
    ),

  "take_nap_compiled.yaml": (file) => takeNap(file, {}),
  "take_nap_pipeline_root_compiled.yaml": (file) => takeNap(file, { root: "s3://change/me" }),
};

function takeNap(file: string, where: { readonly root?: string }) {
  const nap = componentOf(file, "take-nap", { inputs: { naptime_secs: int() }, outputs: { Output: string() } });
  const wakeUp = componentOf(file, "wake-up", { inputs: { message: string() } });
  return compile(
    pipeline(
      "take-nap-pipeline",
      {
        ...where,
        description: "Pipeline that sleeps for 15 mins (900 secs)",
        inputs: { naptime_secs: int({ default: 900 }) },
      },
      ({ naptime_secs }) => {
        wakeUp({ message: nap({ naptime_secs }).cache(false).Output }).cache(false);
      },
    ),
  );
}
