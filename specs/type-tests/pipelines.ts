import {
  container,
  Dataset,
  exitHandler,
  importer,
  int,
  Metrics,
  Model,
  optional,
  pipeline,
  string,
  taskFinalStatus,
} from "../index.ts";

/** What must not compile about pipelines, those in pipelines and exit handlers; `tsc` checks it. Nothing here runs. */

const train = container("train", {
  image: "i",
  inputs: { base: Model, epochs: int({ default: 1 }) },
  outputs: { model: Model, metrics: Metrics },
});
const notify = container("notify", {
  image: "i",
  inputs: { channel: string(), status: taskFinalStatus(), also: optional(Dataset) },
});

export function pipelines(): void {
  const twice = pipeline("twice", { inputs: { base: Model, epochs: int({ default: 3 }) } }, ({ base, epochs }) => {
    const first = train({ base, epochs });
    const second = train({ base: first.model, epochs });
    return { model: second.model, metrics: second.metrics };
  });
  pipeline("outer", { inputs: { uri: string(), data: Dataset, when: string() } }, ({ uri, data, when }) => {
    // Right: a pipeline is a component, too.
    const done = twice({ base: importer(Model, { uri }) });
    twice({ base: done.model, epochs: 2 }).named("again").after(done).cache(false);
    const handler = exitHandler(notify({ channel: "#a" }), () => {
      train({ base: done.model });
    });
    train({ base: done.model }).after(handler);
    notify({ channel: when }).ignoreUpstreamFailure().after(done);

    // @ts-expect-error The inner pipeline needs a base.
    twice({ epochs: 1 });
    // @ts-expect-error Its base is a Model.
    twice({ base: data });
    // @ts-expect-error It takes no such thing.
    twice({ base: done.model, rate: 1 });
    // @ts-expect-error It gives no such thing.
    done.loss;
    // @ts-expect-error Metrics are no Model.
    train({ base: done.metrics });
    // @ts-expect-error Vertex fills the status in.
    notify({ channel: "#a", status: "SUCCEEDED" });
    // @ts-expect-error An exit handler ends with a task, not with a component.
    exitHandler(notify, () => train({ base: done.model }));
    // @ts-expect-error An exit handler gives nothing.
    handler.model;
    // @ts-expect-error Only tasks and exit handlers can be waited for.
    train({ base: done.model }).after(done.model);
  });

  // @ts-expect-error A pipeline has no such input.
  pipeline("lacks", { inputs: { a: int() } }, ({ b }) => train({ base: b }));
  // @ts-expect-error A pipeline gives back values, no constants.
  pipeline("constant", {}, () => ({ a: 1 }));
}
