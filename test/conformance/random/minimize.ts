import { takesItem } from "./draw-pipeline.ts";
import type { Argument, Pipeline, Program, Settings, Step } from "./model.ts";

/** The smallest program that still fails, as far as leaving out one thing after the other leads to it. */
export async function minimize(program: Program, fails: (program: Program) => Promise<boolean>): Promise<Program> {
  let smallest = program;
  for (let found = true; found; ) {
    found = false;
    for (const smaller of smallerThan(smallest)) {
      // What the Python SDK is known to get wrong is not what is looked for.
      if (!smaller.pipelines.every(({ steps }) => takeTheirItems(steps, true)) || !(await fails(smaller))) continue;
      smallest = smaller;
      found = true;
      break;
    }
  }
  return smallest;
}

/** Whether every loop over a value that does not stand in the pipeline itself takes an item. */
function takeTheirItems(steps: readonly Step[], isPipeline: boolean): boolean {
  return steps.every((step) => {
    const isLost = step.kind === "loop" && "value" in step.items && !isPipeline && !takesItem(step.steps, step.id);
    return !isLost && bodiesOf(step).every((body) => takeTheirItems(body, false));
  });
}

function* smallerThan(program: Program): Generator<Program> {
  const { components, pipelines } = program;
  for (const index of pipelines.keys()) {
    const [pipeline] = pipelines.slice(index);
    if (pipeline === undefined) continue;
    for (const smaller of smallerPipelines(pipeline)) yield { components, pipelines: pipelines.with(index, smaller) };
    const isUsed = JSON.stringify(pipelines).includes(`"callable":${JSON.stringify(pipeline.name)}`);
    if (!isUsed && index < pipelines.length - 1) yield { components, pipelines: pipelines.toSpliced(index, 1) };
  }
  for (const [index, component] of components.entries()) {
    const smaller = [
      ...(component.command.length > 0 ? [{ ...component, command: [] }] : []),
      ...(component.args.length > 0 ? [{ ...component, args: [] }] : []),
    ];
    for (const each of smaller) yield { components: components.with(index, each), pipelines };
  }
}

function* smallerPipelines(pipeline: Pipeline): Generator<Pipeline> {
  for (const id of idsOf(pipeline.steps)) yield without(pipeline, new Set([id]));
  for (const id of idsOf(pipeline.steps)) {
    for (const steps of simplified(pipeline.steps, id)) {
      const left = new Set(idsOf(steps));
      const gone = idsOf(pipeline.steps).filter((each) => !left.has(each));
      yield without({ ...pipeline, steps }, new Set(gone));
    }
  }
  for (const index of pipeline.outputs.keys()) yield { ...pipeline, outputs: pipeline.outputs.toSpliced(index, 1) };
  const text = JSON.stringify([pipeline.steps, pipeline.outputs]);
  for (const [index, { name }] of pipeline.inputs.entries()) {
    if (!text.includes(`"name":${JSON.stringify(name)}`))
      yield { ...pipeline, inputs: pipeline.inputs.toSpliced(index, 1) };
  }
}

/** Without these steps, and without all that needs them. */
function without(pipeline: Pipeline, gone: Set<number>): Pipeline {
  const whole = { ...pipeline, steps: prune(pipeline.steps) };
  const outputs = pipeline.outputs.filter(({ value }) => !needs(value));
  const size = gone.size;
  const steps = prune(whole.steps);
  return gone.size > size ? without({ ...whole, steps, outputs }, gone) : { ...whole, steps, outputs };

  function prune(steps: readonly Step[]): readonly Step[] {
    return steps.flatMap((step) => {
      const pruned = gone.has(step.id) ? null : pruneStep(step);
      if (pruned === null) for (const id of idsOf([step])) gone.add(id);
      return pruned ?? [];
    });
  }

  function pruneStep(step: Step): Step | null {
    switch (step.kind) {
      case "task":
        return needs([step.arguments, { ...step.settings, after: [] }])
          ? null
          : { ...step, settings: pruneAfter(step.settings) };
      case "importer":
        return needs([step.uri, step.metadata]) ? null : step;
      case "branches": {
        const branches = step.branches.map((branch) => ({
          ...branch,
          steps: prune(branch.steps),
          gives: pruneGives(branch.gives),
        }));
        return branches.some(({ condition, steps }) => needs(condition) || steps.length === 0)
          ? null
          : { ...step, branches };
      }
      case "loop": {
        const steps = prune(step.steps);
        return needs(step.items) || steps.length === 0 ? null : { ...step, steps, gives: pruneGives(step.gives) };
      }
      case "exit-handler": {
        const steps = prune(step.steps);
        return gone.has(step.exit.id) || steps.length === 0 ? null : { ...step, steps };
      }
    }
  }

  function pruneAfter({ after = [], ...settings }: Settings): Settings {
    const left = after.filter((id) => !gone.has(id));
    return left.length > 0 ? { ...settings, after: left } : settings;
  }

  function pruneGives<Value>(gives: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
    return Object.fromEntries(Object.entries(gives).filter(([, value]) => !needs(value)));
  }

  function needs(data: unknown): boolean {
    const found = JSON.stringify(data).matchAll(/"(?:task|loop|branches|group)":(\d+)/g);
    return [...found].some(([, id]) => gone.has(Number(id)));
  }
}

function idsOf(steps: readonly Step[]): readonly number[] {
  return steps.flatMap((step) => [
    step.id,
    ...bodiesOf(step).flatMap(idsOf),
    ...(step.kind === "exit-handler" ? [step.exit.id] : []),
  ]);
}

function bodiesOf(step: Step): readonly (readonly Step[])[] {
  if (step.kind === "branches") return step.branches.map(({ steps }) => steps);
  return "steps" in step ? [step.steps] : [];
}

/** With one step told less, or what is in a group in place of it. */
function simplified(steps: readonly Step[], id: number): readonly (readonly Step[])[] {
  return steps.flatMap((step, index): readonly (readonly Step[])[] => {
    if (step.id === id) return simpler(step).map((each) => steps.toSpliced(index, 1, ...each));
    if (step.kind === "branches") {
      return step.branches.flatMap((branch, at) =>
        simplified(branch.steps, id).map((inner) =>
          steps.with(index, { ...step, branches: step.branches.with(at, { ...branch, steps: inner }) }),
        ),
      );
    }
    if (!("steps" in step)) return [];
    return simplified(step.steps, id).map((inner) => steps.with(index, { ...step, steps: inner }));
  });
}

function simpler(step: Step): readonly (readonly Step[])[] {
  switch (step.kind) {
    case "task": {
      const settings = Object.keys(step.settings).map((key) => ({ ...step, settings: omit(step.settings, key) }));
      const given = Object.entries(step.arguments);
      const left = given.map(([input]) => ({ ...step, arguments: omit(step.arguments, input) }));
      const plain = given.flatMap(([input, value]) =>
        constants(value).map((each) => ({ ...step, arguments: { ...step.arguments, [input]: each } })),
      );
      return [...settings, ...left, ...plain].map((each) => [each]);
    }
    case "importer":
      return step.metadata === null ? [] : [[{ ...step, metadata: null }]];
    case "branches":
      return [
        ...step.branches.map(({ steps }) => steps),
        ...(step.branches.length > 2 ? [[{ ...step, branches: step.branches.toSpliced(1, 1) }]] : []),
      ];
    case "loop": {
      const { name: _, parallelism: __, ...plain } = step;
      return [step.steps, ...(Object.keys(plain).length < Object.keys(step).length ? [[plain]] : [])];
    }
    case "exit-handler":
      return [step.steps];
  }
}

function omit<Whole extends object>(whole: Whole, key: string): Whole {
  return Object.fromEntries(Object.entries(whole).filter(([each]) => each !== key)) as Whole;
}

function constants(value: Argument): readonly Argument[] {
  if (value.kind === "text" || value.kind === "known") return [{ kind: "constant", value: "a", type: "string" }];
  if (value.kind === "list") return [{ kind: "constant", value: [], type: "list" }];
  return value.kind === "struct" ? [{ kind: "constant", value: {}, type: "struct" }] : [];
}
