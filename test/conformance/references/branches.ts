import { customTrainingJobOp } from "../../../specs/gcpc/generated/v1/custom_job.ts";
import {
  Artifact,
  boolean,
  collected,
  compile,
  int,
  list,
  parallelFor,
  pipeline,
  string,
  struct,
  when,
} from "../../../specs/index.ts";
import { type Authors, componentOf } from "./reference.ts";

/** Conditions, and what comes out of them. */
export const branches: Authors = {
  "conditional_producer_and_consumers.yaml": (file) => {
    const twice = componentOf(file, "double", { inputs: { num: int() }, outputs: { Output: int() } });
    const add = componentOf(file, "add", { inputs: { nums: list<number>() }, outputs: { Output: int() } });
    return compile(
      pipeline("math-pipeline", { inputs: { threshold: int({ default: 2 }) } }, ({ threshold }) => {
        const doubled = parallelFor([1, 2, 3], (num) => ({
          Output: when(num.atLeast(threshold), () => twice({ num })).Output,
        }));
        const sum = when(threshold.equals(2), () => add({ nums: doubled.Output }));
        return { Output: collected(sum.Output) };
      }),
    );
  },

  "critical/flip_coin.yaml": (file) => {
    const flip = componentOf(file, "flip-coin", { outputs: { Output: string() } });
    const random = componentOf(file, "random-num", { inputs: { low: int(), high: int() }, outputs: { Output: int() } });
    const print = componentOf(file, "print-msg", { inputs: { msg: string() } });
    const description = "Shows how to use dsl.If().";
    return compile(
      pipeline("conditional-execution-pipeline", { description }, () => {
        const coin = flip().cache(false);
        const sides = [
          ["heads", 0, 9, 5],
          ["tails", 10, 19, 15],
        ] as const;
        for (const [side, low, high, middle] of sides) {
          when(coin.Output.equals(side), () => {
            const number = random({ low, high }).cache(false).Output;
            when(number.greaterThan(middle), () => {
              print({ msg: `${side} and ${number} > ${middle}!` }).cache(false);
            });
            when(number.atMost(middle), () => {
              print({ msg: `${side} and ${number} <= ${middle}!` }).cache(false);
            });
          });
        }
      }),
    );
  },

  "critical/if_else_with_oneof_artifacts.yaml": oneOfArtifacts,
  "if_else_with_oneof_artifacts.yaml": oneOfArtifacts,

  "critical/parameter_oneof.yaml": (file) => {
    const flip = componentOf(file, "flip-coin", { outputs: { Output: string() } });
    const coreComp = componentOf(file, "core-comp", { inputs: { input: string() }, outputs: { Output: string() } });
    const coreOutputComp = componentOf(file, "core-output-comp", {
      inputs: { input: string() },
      outputs: { output_key: string() },
    });
    const crustComp = componentOf(file, "crust-comp", { inputs: { input: string() } });
    const core = pipeline("core", {}, () => {
      const coin = flip().cache(false);
      return when(coin.Output.equals("heads"), () => ({
        Output: coreComp({ input: "Got heads!" }).cache(false).Output,
      })).otherwise(() => ({ Output: coreOutputComp({ input: "Got tails!" }).cache(false).output_key }));
    });
    const mantle = pipeline("mantle", {}, () => core().cache(false));
    return compile(
      pipeline("parameter-oneof-pipeline", {}, () => {
        crustComp({ input: mantle().cache(false).Output }).cache(false);
      }),
    );
  },

  "essential/pipeline_with_condition.yaml": (file) => {
    const flip = componentOf(file, "flip-coin-op", { outputs: { Output: string() } });
    const print = componentOf(file, "print-op", { inputs: { msg: string() } });
    return compile(
      pipeline("single-condition-pipeline", { inputs: { text: string({ default: "condition test" }) } }, ({ text }) => {
        const first = flip().cache(false);
        print({ msg: first.Output });
        when(first.Output.equals("heads"), () => {
          const second = flip().cache(false);
          print({ msg: second.Output });
          print({ msg: text });
        });
      }),
    );
  },

  "if_elif_else_with_oneof_parameters.yaml": (file) => {
    const flip = componentOf(file, "flip-three-sided-die", { outputs: { Output: string() } });
    const text = { inputs: { text: string() } };
    const print = componentOf(file, "print-and-return", { ...text, outputs: { Output: string() } });
    const printSpecially = componentOf(file, "special-print-and-return", {
      ...text,
      outputs: { output_key: string() },
    });
    const roll = pipeline("roll-die-pipeline", {}, () => {
      const die = flip();
      return when(die.Output.equals("heads"), () => print({ text: "Got heads!" }))
        .elseWhen(die.Output.equals("tails"), () => print({ text: "Got tails!" }))
        .otherwise(() => ({ Output: printSpecially({ text: "Draw!" }).output_key }));
    });
    return compile(pipeline("outer-pipeline", {}, () => print({ text: roll().Output })));
  },

  "if_else_with_oneof_parameters.yaml": (file) => {
    const flip = componentOf(file, "flip-coin", { outputs: { Output: string() } });
    const print = componentOf(file, "print-and-return", { inputs: { text: string() }, outputs: { Output: string() } });
    return compile(
      pipeline("flip-coin-pipeline", {}, () => {
        const coin = flip();
        const printed = when(coin.Output.equals("heads"), () => print({ text: "Got heads!" })).otherwise(() =>
          print({ text: "Got tails!" }),
        );
        print({ text: printed.Output });
        return printed;
      }),
    );
  },

  "local_execution/local_execution_pipeline_with_oneof.yaml": (file) => {
    const branchA = componentOf(file, "branch-a", { outputs: { Output: string() } });
    const branchB = componentOf(file, "branch-b", { outputs: { Output: string() } });
    const tag = componentOf(file, "tag-selected", { inputs: { value: string() }, outputs: { Output: string() } });
    return compile(
      pipeline("pipeline-with-oneof", { inputs: { pick_a: boolean({ default: true }) } }, ({ pick_a }) => {
        const picked = when(pick_a.equals(true), () => branchA()).otherwise(() => branchB());
        return tag({ value: picked.Output });
      }),
    );
  },

  "pipeline_with_condition_dynamic_task_output_custom_training_job.yaml": (file) => {
    const flip = componentOf(file, "flip-biased-coin-op", { outputs: { Output: string() } });
    const machineType = componentOf(file, "machine-type", { outputs: { Output: string() } });
    const acceleratorType = componentOf(file, "accelerator-type", { outputs: { Output: string() } });
    const acceleratorCount = componentOf(file, "accelerator-count", { outputs: { Output: int() } });
    const inputs = { project: string(), location: string(), encryption_spec_key_name: string({ default: "" }) };
    return compile(
      pipeline("pipeline-with-dynamic-condition-output", { inputs }, (given) => {
        const coin = flip().cache(false);
        const machine = machineType();
        const accelerator = acceleratorType();
        const count = acceleratorCount();
        when(coin.Output.equals("heads"), () => {
          customTrainingJobOp({
            ...given,
            display_name: "add-numbers",
            worker_pool_specs: [
              {
                container_spec: {
                  image_uri: "gcr.io/ml-pipeline/google-cloud-pipeline-components:2.5.0",
                  command: ["echo"],
                  args: ["foo"],
                },
                machine_spec: {
                  machine_type: machine.Output,
                  accelerator_type: accelerator.Output,
                  accelerator_count: count.Output,
                },
                replica_count: 1,
              },
            ],
          });
        });
      }),
    );
  },

  "pipeline_with_loops_and_conditions.yaml": (file) => {
    type Item = { readonly A_a: string; readonly B_b: readonly string[] };
    const makeItems = componentOf(file, "args-generator-op", { outputs: { Output: list<Item>() } });
    const flip = componentOf(file, "flip-coin-op", { outputs: { Output: string() } });
    const printStruct = componentOf(file, "print-struct", { inputs: { struct: struct() } });
    // Its message is a text, for which the Python SDK takes whole items, and lists in them, too.
    const msg2 = string({ optional: true });
    const print = componentOf(file, "print-text", { inputs: { msg: string(), msg2 } });
    const printItem = componentOf(file, "print-text", { inputs: { msg: struct<Item>(), msg2 } });
    const printList = componentOf(file, "print-text", { inputs: { msg: list<string>(), msg2 } });
    return compile(
      pipeline(
        "pipeline-with-loops-and-conditions-multi-layers",
        {
          inputs: {
            msg: string({ default: "hello" }),
            loop_parameter: list<Item>({
              default: [
                { A_a: "heads", B_b: ["A", "B"] },
                { A_a: "tails", B_b: ["X", "Y", "Z"] },
              ],
            }),
          },
        },
        ({ msg, loop_parameter }) => {
          const coin = flip();
          const outer = makeItems();
          when(coin.Output.notEquals("no-such-result"), () => {
            const inner = makeItems();
            parallelFor(outer.Output, (item) => {
              print({ msg });
              when(item.field("A_a").equals("heads"), () => {
                printList({ msg: item.field("B_b") });
              });
              when(coin.Output.equals("heads"), () => {
                printList({ msg: item.field("B_b") });
              });
              when(item.field("A_a").equals("tails"), () => {
                parallelFor([{ a: "-1" }, { a: "-2" }], (each) => {
                  printStruct({ struct: each });
                });
              });
              parallelFor(item.field("B_b"), (each) => {
                print({ msg: each });
              });
              parallelFor(loop_parameter, (each) => {
                printItem({ msg: each });
                parallelFor(inner.Output, (innermost) => {
                  printItem({ msg: each, msg2: innermost.field("A_a") });
                });
              });
              parallelFor(["1", "2"], (each) => {
                print({ msg: each });
                when(each.equals("1"), () => {
                  print({ msg: "1" });
                });
              });
            });
          });
          parallelFor(loop_parameter, (item) => {
            when(item.field("A_a").equals("heads"), () => {
              parallelFor(item.field("B_b"), (each) => {
                print({ msg: each });
              });
            });
          });
        },
      ),
    );
  },
};

function oneOfArtifacts(file: string) {
  const flip = componentOf(file, "flip-coin", { outputs: { Output: string() } });
  const make = componentOf(file, "param-to-artifact", { inputs: { val: string() }, outputs: { a: Artifact } });
  const print = componentOf(file, "print-artifact", { inputs: { a: Artifact } });
  const flipCoin = pipeline("flip-coin-pipeline", {}, () => {
    const coin = flip();
    const made = when(coin.Output.equals("heads"), () => make({ val: coin.Output })).otherwise(() =>
      make({ val: coin.Output }),
    );
    print(made);
    return { Output: made.a };
  });
  return compile(
    pipeline("outer-pipeline", {}, () => {
      print({ a: flipCoin().Output });
    }),
  );
}
