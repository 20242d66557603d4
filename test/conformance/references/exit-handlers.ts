import { compile, container, exitHandler, pipeline, string, taskFinalStatus } from "../../../specs/index.ts";
import { type Authors, componentOf } from "./reference.ts";

const message = string({ default: "Hello World!" });

/** Exit handlers, tasks that ignore failures, and what is told to them. */
export const exitHandlers: Authors = {
  "component_with_task_final_status_GH-12033.yaml": (file) =>
    compile(componentOf(file, "exit-comp", { inputs: { status: taskFinalStatus() } })),

  "critical/pipeline_with_input_status_state.yaml": (file) => {
    const someTask = componentOf(file, "some-task");
    const echoState = componentOf(file, "echo-state", { inputs: { status: taskFinalStatus() } });
    return compile(
      pipeline("status-state-pipeline", {}, () => {
        exitHandler(echoState(), () => void someTask());
      }),
    );
  },

  "failing/pipeline_with_exit_handler.yaml": (file) => {
    const { print, fail } = printAndFail(file);
    return compile(
      pipeline("pipeline-with-exit-handler", { inputs: { message } }, (given) => {
        exitHandler(print({ message: "Exit handler has worked!" }), () => {
          print({ message: given.message });
          fail({ message: "Task failed." });
        });
      }),
    );
  },

  "failing/pipeline_with_multiple_exit_handlers.yaml": (file) => {
    const { print, fail } = printAndFail(file);
    return compile(
      pipeline("pipeline-with-multiple-exit-handlers", { inputs: { message } }, (given) => {
        exitHandler(print({ message: "First exit handler has worked!" }), () => {
          print({ message: given.message });
          fail({ message: "Task failed." });
        });
        exitHandler(print({ message: "Second exit handler has worked!" }), () => {
          print({ message: given.message });
        });
        exitHandler(print({ message: "Third exit handler has worked!" }), () => {
          print({ message: given.message });
        });
      }),
    );
  },

  "local_execution/local_execution_pipeline_with_exit_handler.yaml": (file) => {
    const echo = componentOf(file, "echo", { inputs: { message: string() }, outputs: { Output: string() } });
    const recordExit = componentOf(file, "record-exit", {
      inputs: { status: taskFinalStatus() },
      outputs: { Output: string() },
    });
    const description = [
      "Runs `echo` inside an ExitHandler.",
      "On success the exit task receives a PipelineTaskFinalStatus with",
      "state='SUCCEEDED'. No pipeline output — KFP's compiler rejects",
      "returning a value from inside an ExitHandler.",
    ].join("\n");
    const inputs = { message: string({ default: "hello" }) };
    return compile(
      pipeline("pipeline-with-exit-handler", { description, inputs }, (given) => {
        exitHandler(recordExit(), () => void echo(given));
      }),
    );
  },

  "local_execution/local_execution_pipeline_with_ignore_upstream_failure.yaml": (file) => {
    const fail = componentOf(file, "fail-always", { outputs: { Output: string() } });
    const writeMarker = componentOf(file, "write-marker", {
      inputs: { marker_path: string() },
      outputs: { Output: string() },
    });
    return compile(
      pipeline("pipeline-with-ignore-upstream-failure", { inputs: { marker_path: string() } }, (given) => {
        const failed = fail();
        writeMarker(given).after(failed).ignoreUpstreamFailure();
      }),
    );
  },

  "pipeline_with_task_final_status.yaml": (file) => {
    const { print, fail } = printAndFail(file);
    const exit = componentOf(file, "exit-op", { inputs: { user_input: string(), status: taskFinalStatus() } });
    return compile(
      pipeline("pipeline-with-task-final-status", { inputs: { message } }, (given) => {
        exitHandler(
          exit({ user_input: given.message }),
          () => {
            print(given);
            fail({ message: "Task failed." });
          },
          { name: "my-pipeline" },
        );
      }),
    );
  },

  "pipeline_with_task_final_status_yaml.yaml": () => {
    const image = "registry.access.redhat.com/ubi9/python-311:latest";
    const exit = container("exit-op", {
      image,
      inputs: { user_input: string(), status: taskFinalStatus() },
      command: ({ inputs }) => ["echo", "user input:", inputs.user_input, "pipeline status:", inputs.status],
    });
    const print = container("print-op", {
      image,
      inputs: { message: string() },
      command: ({ inputs }) => ["echo", inputs.message],
    });
    return compile(
      pipeline("pipeline-with-task-final-status-yaml", { inputs: { message } }, (given) => {
        exitHandler(exit({ user_input: given.message }), () => void print(given), { name: "my-pipeline" });
      }),
    );
  },
};

function printAndFail(file: string) {
  const inputs = { message: string() };
  return { print: componentOf(file, "print-op", { inputs }), fail: componentOf(file, "fail-op", { inputs }) };
}
