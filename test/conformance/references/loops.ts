import {
  Artifact,
  artifactList,
  compile,
  container,
  Dataset,
  int,
  list,
  Metrics,
  parallelFor,
  pipeline,
  string,
} from "../../../specs/index.ts";
import { type Authors, componentOf } from "./reference.ts";

/** Loops, nested and side by side, and what is collected from them. */
export const loops: Authors = {
  "critical/collected_parameters.yaml": (file) => {
    const split = componentOf(file, "split-ids", { inputs: { ids: string() }, outputs: { Output: list<string>() } });
    const prepend = componentOf(file, "prepend-id", { inputs: { content: string() }, outputs: { Output: string() } });
    const consumeOne = componentOf(file, "consume-single-id", {
      inputs: { id: string() },
      outputs: { Output: string() },
    });
    const consumeAll = componentOf(file, "consume-ids", {
      inputs: { ids: list<string>() },
      outputs: { Output: string() },
    });
    const collecting = pipeline(
      "collecting-parameters",
      { inputs: { model_ids: string({ default: "" }) } },
      ({ model_ids }) => {
        const prepended = parallelFor(split({ ids: model_ids }).Output, (content) => {
          const one = prepend({ content }).cache(false);
          consumeOne({ id: one.Output }).cache(false);
          return one;
        });
        consumeAll({ ids: prepended.Output }).cache(false);
        return prepended;
      },
    );
    return compile(
      pipeline("collected-param-pipeline", {}, () => {
        const collected = collecting({ model_ids: "s1,s2,s3" }).cache(false);
        consumeAll({ ids: collected.Output }).cache(false);
      }),
    );
  },

  "critical/parallel_for_after_dependency.yaml": (file) => {
    const print = componentOf(file, "print-op", { inputs: { message: string() }, outputs: { Output: string() } });
    return compile(
      pipeline("loop-with-after-dependency-set", {}, () => {
        const foo = inLoop(() => print({ message: "foo" }), [1, 2, 3]);
        print({ message: "bar" }).after(foo);
        print({ message: "baz" }).after(foo);
      }),
    );
  },

  "critical/parameters_simple.yaml": (file) => {
    const twice = componentOf(file, "double", { inputs: { num: int() }, outputs: { Output: int() } });
    const add = componentOf(file, "add", { inputs: { nums: list<number>() }, outputs: { Output: int() } });
    const addInContainer = container("add-container", {
      image: "jetbrainsinfra/jq",
      inputs: { nums: list<number>() },
      outputs: { sum: int() },
      command: ["sh", "-c"],
      args: ({ inputs, outputs }) => [
        `
            set -ex
            mkdir -p $(dirname ${outputs.sum.path})
            echo ${inputs.nums} | jq 'add' > ${outputs.sum.path}
            `,
      ],
    });
    return compile(
      pipeline("math-pipeline", {}, () => {
        const doubled = parallelFor([1, 2, 3], (num) => twice({ num }));
        add({ nums: doubled.Output });
        addInContainer({ nums: doubled.Output });
        return doubled;
      }),
    );
  },

  "cross_loop_after_topology.yaml": (file) => {
    const print = componentOf(file, "print-op", { inputs: { message: string() } });
    return compile(
      pipeline("my-pipeline", {}, () => {
        const one = inLoop(() => print({ message: "one" }));
        inLoop(() => print({ message: "two" }).after(one));
        parallelFor([1, 2], () => {
          const three = print({ message: "three" });
          inLoop(() => print({ message: "four" }).after(three));
        });
        const five = inLoop(() => print({ message: "five" }));
        print({ message: "six" }).after(five);
        parallelFor([1, 2], () => {
          const seven = inLoop(() => print({ message: "seven" }));
          print({ message: "eight" }).after(seven);
        });
      }),
    );
  },

  "essential/pipeline_with_metrics_outputs.yaml": (file) => {
    const measure = componentOf(file, "output-metrics", { outputs: { metrics: Metrics } });
    return compile(
      pipeline("pipeline-with-metrics-outputs", {}, () => {
        measure();
        parallelFor([1, 2], () => void measure());
      }),
    );
  },

  "local_execution/pipeline_with_collected_artifacts.yaml": (file) => {
    const write = componentOf(file, "write-artifact", { inputs: { index: int() }, outputs: { out: Artifact } });
    const join = componentOf(file, "read-and-join", {
      inputs: { artifacts: artifactList(Artifact) },
      outputs: { Output: string() },
    });
    return compile(
      pipeline("pipeline-with-collected-artifacts", {}, () =>
        join({ artifacts: parallelFor([0, 1, 2], (index) => write({ index })).out }),
      ),
    );
  },

  "parallel_and_nested/loop_consume_upstream.yaml": (file) => {
    const split = componentOf(file, "split-input", {
      inputs: { input: string() },
      outputs: { Output: list<string>() },
    });
    const create = componentOf(file, "create-file", { inputs: { content: string() }, outputs: { file: Artifact } });
    const read = componentOf(file, "read-file", { inputs: { file: Artifact }, outputs: { Output: string() } });
    const print = componentOf(file, "print-input", { inputs: { input: list<string>() } });
    const name = "same display name";
    return compile(
      pipeline("loop-consume-upstream", { displayName: "Loop Consume Upstream" }, () => {
        const parts = split({ input: "component1,component2,component3" }).displayName(name).cache(false);
        parallelFor(parts.Output, (content) => {
          const created = create({ content }).displayName(name).cache(false);
          read({ file: created.file }).displayName(name).cache(false);
        });
        print({ input: parts.Output }).displayName(name).cache(false);
      }),
    );
  },

  "parameters_complex.yaml": (file) => {
    const twice = componentOf(file, "double", { inputs: { num: int() }, outputs: { Output: int() } });
    const nums = { inputs: { nums: list<number>() }, outputs: { Output: int() } };
    const add = componentOf(file, "simple-add", nums);
    const addNested = componentOf(file, "nested-add", { ...nums, inputs: { nums: list<readonly number[]>() } });
    const addTwo = componentOf(file, "add-two-numbers", {
      inputs: { x: list<number>(), y: list<number>() },
      outputs: { Output: int() },
    });
    return compile(
      pipeline("math-pipeline", {}, () => {
        const first = parallelFor([1, 2, 3], (num) => {
          const one = twice({ num });
          const several = parallelFor([4, 5, 6], (each) => twice({ num: each }));
          add({ nums: several.Output });
          return { one: one.Output, several: several.Output };
        });
        addNested({ nums: first.several });
        const second = parallelFor([0, 0, 0], () => ({
          simple: add({ nums: first.one }).Output,
          nested: addNested({ nums: first.several }).Output,
        }));
        return addTwo({ x: second.simple, y: second.nested });
      }),
    );
  },

  "pipeline_with_nested_loops.yaml": (file) => {
    type Item = { readonly p_a: readonly { readonly q_a: string }[]; readonly p_b: string };
    const print = componentOf(file, "print-op", { inputs: { msg: string(), msg2: string({ optional: true }) } });
    return compile(
      pipeline(
        "pipeline-with-nested-loops",
        {
          inputs: {
            loop_parameter: list<Item>({
              default: [
                { p_a: [{ q_a: "1" }, { q_a: "2" }], p_b: "hello" },
                { p_a: [{ q_a: "11" }, { q_a: "22" }], p_b: "halo" },
              ],
            }),
          },
        },
        ({ loop_parameter }) => {
          parallelFor(loop_parameter, (item) => {
            parallelFor(item.field("p_a"), (inner) => void print({ msg: inner.field("q_a") }));
          });
          parallelFor(["1", "2"], (msg) => {
            print({ msg });
            parallelFor(["100", "200", "300"], (msg2) => void print({ msg, msg2 }));
          });
        },
      ),
    );
  },

  "pipeline_with_parallelfor_list_artifacts_GH-12033.yaml": (file) => {
    const printName = componentOf(file, "print-artifact-name", {
      inputs: { artifact: Artifact },
      outputs: { Output: string() },
    });
    const data = { inputs: { data: string() } };
    const makeArtifact = componentOf(file, "make-artifact", { ...data, outputs: { Output: Artifact } });
    const makeDataset = componentOf(file, "make-dataset", { ...data, outputs: { Output: Dataset } });
    const texts = { inputs: { texts: list<string>({ default: ["Hello", ",", " ", "world!"] }) } };
    const makeArtifacts = pipeline("make-artifacts", texts, (given) =>
      parallelFor(given.texts, (text) => makeArtifact({ data: text })),
    );
    const makeDatasets = pipeline("make-datasets", texts, (given) =>
      parallelFor(given.texts, (text) => makeDataset({ data: text })),
    );
    return compile(
      pipeline("pipeline-parallelfor-artifacts", {}, () => {
        parallelFor(makeArtifacts().Output, (artifact) => void printName({ artifact }));
        parallelFor(makeDatasets().Output, (artifact) => void printName({ artifact }));
      }),
    );
  },

  "pipeline_with_parallelfor_pipeline_param.yaml": (file) => {
    const makePrefix = componentOf(file, "make-prefix", { outputs: { Output: string() } });
    const print = componentOf(file, "print-with-prefix", {
      inputs: { prefix: string(), item: string() },
      outputs: { Output: string() },
    });
    return compile(
      pipeline(
        "pipeline-parallelfor-pipeline-param",
        {
          description: "Pipeline parameter used alongside loop item inside ParallelFor.",
          inputs: { loop_parameter: list<string>(), prefix: string() },
        },
        ({ loop_parameter, prefix }) => {
          parallelFor(loop_parameter, (item) => void print({ prefix, item }), { parallelism: 1 });
          const made = makePrefix();
          parallelFor(loop_parameter, (item) => void print({ prefix: made.Output, item }));
          parallelFor(
            ["x", "y"],
            () => {
              parallelFor(loop_parameter, (item) => void print({ prefix, item }));
            },
            { parallelism: 2 },
          );
        },
      ),
    );
  },
};

/** A task in a loop of its own. Others can wait for it, which waits for the whole loop. */
function inLoop<Made>(body: () => Made, items: readonly number[] = [1, 2]): Made {
  const made: Made[] = [];
  parallelFor(items, () => {
    made.push(body());
  });
  const [task] = made;
  if (task === undefined) throw new Error("A loop's body runs once.");
  return task;
}
