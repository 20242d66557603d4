import { compile, container, double, int, pipeline, string } from "../../../specs/index.ts";
import { type Authors, componentOf } from "./reference.ts";

/** What a task is told beside its inputs: order, caching, retries, resources, environment, names. */
export const settings: Authors = {
  "critical/pipeline_with_retry.yaml": (file) => {
    const add = componentOf(file, "add", { inputs: { a: double(), b: double() }, outputs: { Output: double() } });
    return compile(
      pipeline(
        "test-pipeline",
        { inputs: { a: double({ default: 1 }), b: double({ default: 7 }) } },
        (numbers) => void add(numbers).retry({ count: 3 }),
      ),
    );
  },

  "essential/component_with_env_variable.yaml": (file) => {
    const read = componentOf(file, "read-env-var", { inputs: { var_name: string() }, outputs: { Output: string() } });
    return compile(
      pipeline(
        "pipeline-with-env-variable",
        { inputs: { var_name: string({ default: "KFP_TEST_ENV_VAR" }) } },
        ({ var_name }) => read({ var_name }).env({ KFP_TEST_ENV_VAR: "env_var_value" }),
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

  "local_execution/local_execution_pipeline_with_k8s_only_methods.yaml": (file) => {
    const echo = componentOf(file, "echo", { inputs: { message: string() }, outputs: { Output: string() } });
    return compile(
      pipeline("pipeline-with-k8s-only-methods", { inputs: { message: string({ default: "hello" }) } }, ({ message }) =>
        echo({ message }).cpu("1000m").memory("256Mi").accelerator("nvidia.com/gpu", 1),
      ),
    );
  },

  "local_execution/pipeline_with_caching.yaml": (file) => {
    const addOne = componentOf(file, "add-one", { inputs: { x: int() }, outputs: { Output: int() } });
    return compile(
      pipeline("pipeline-with-caching", { inputs: { x: int({ default: 1 }) } }, ({ x }) => addOne({ x }).cache(true)),
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

  "pipeline_with_string_machine_fields_pipeline_input.yaml": (file) => {
    const sum = componentOf(file, "sum-numbers", { inputs: { a: int(), b: int() }, outputs: { Output: int() } });
    return compile(
      pipeline(
        "pipeline",
        {
          inputs: {
            cpu_limit: string({ default: "4000m" }),
            memory_limit: string({ default: "15G" }),
            accelerator_type: string({ default: "NVIDIA_TESLA_P4" }),
            accelerator_limit: string({ default: "1" }),
          },
        },
        ({ cpu_limit, memory_limit, accelerator_type, accelerator_limit }) => {
          sum({ a: 1, b: 2 }).cpu(cpu_limit).memory(memory_limit).accelerator(accelerator_type, accelerator_limit);
        },
      ),
    );
  },
};
