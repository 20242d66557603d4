import { isDeepStrictEqual } from "node:util";
import type { PipelineGraph } from "./graph.ts";
import { GraphError } from "./graph-error.ts";
import type { GraphTask } from "./task.ts";
import { endsOf, type Wire } from "./wire.ts";

/** What a task takes for one of its inputs. Each method throws `GraphError` unless it is so. */
export class Taken {
  /** Of the input. */
  readonly name: string;
  readonly wire: Wire;
  /** The same in a few words: `prepare.data`, `every train.model`, `3`. */
  readonly text: string;
  readonly #task: GraphTask;
  readonly #graph: PipelineGraph;

  constructor(name: string, wire: Wire, text: string, task: GraphTask, graph: PipelineGraph) {
    this.name = name;
    this.wire = wire;
    this.text = text;
    this.#task = task;
    this.#graph = graph;
  }

  /** It is made of that output: the output itself, one of several, a field of it, or text with it. */
  from(task: string, output: string): GraphTask {
    const producer = this.#graph.task(task);
    if (!producer.outputs.includes(output)) throw producer.noSuchOutput(output);
    const found = this.#ends.some(
      (wire) => wire.kind === "output" && wire.task === producer.name && wire.name === output,
    );
    return this.#unless(found, `${producer.name}.${output}`);
  }

  /** It is made of that input of the pipeline. */
  fromInput(input: string): GraphTask {
    this.#graph.checkInput(input);
    const found = this.#ends.some((wire) => wire.kind === "input" && wire.name === input);
    return this.#unless(found, `the pipeline's input ${input}`);
  }

  /** It is this very value, which stands in the pipeline, or else is the component's default. */
  constant(value: unknown): GraphTask {
    const { wire } = this;
    const found = (wire.kind === "constant" || wire.kind === "default") && isDeepStrictEqual(wire.value, value);
    return this.#unless(found, JSON.stringify(value));
  }

  get #ends(): readonly Wire[] {
    return endsOf(this.wire);
  }

  #unless(found: boolean, wanted: string): GraphTask {
    if (found) return this.#task;
    const message = `Task ${this.#task.name} takes ${this.name} from ${this.text}, not from ${wanted}.`;
    throw new GraphError("other-source", message);
  }
}
