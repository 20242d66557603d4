import { Choices, type Decisions } from "./choices.ts";
import { drawArguments, drawImporterArguments } from "./draw-arguments.ts";
import { drawInputs } from "./draw-components.ts";
import { drawCondition } from "./draw-conditions.ts";
import { drawItems } from "./draw-constants.ts";
import { drawSettings } from "./draw-settings.ts";
import type { Callable, OutputReference, Pipeline, Reference, Step, TaskStep, Type } from "./model.ts";
import { canBeIgnored, canBeLoopedOver, canControl, canHaveFields } from "./python-mistakes.ts";
import { isSameType, listOf, Scope, type Value } from "./scope.ts";
import type { StepSketch } from "./sketch.ts";

/** What the steps of a body give to what is around it. */
interface Body {
  readonly steps: readonly Step[];
  readonly gives: readonly Value[];
}

/** Whether a step stands in the pipeline itself, and is the last one there. */
interface Place {
  readonly isPipeline: boolean;
  readonly isLast: boolean;
}

export function drawPipeline(
  name: string,
  sketch: { readonly decisions: Decisions; readonly steps: readonly StepSketch[] },
  callables: readonly Callable[],
): Pipeline {
  const choices = new Choices(sketch.decisions);
  const inputs = drawInputs(choices, choices.upTo(5), "pipeline");
  const scope = Scope.of(inputs);
  let nextId = 0;

  const { steps } = drawBody(sketch.steps, scope, true);
  const outputs = choices.some(scope.made, 25).slice(0, 4);
  return {
    kind: "pipeline",
    name,
    inputs,
    ...(choices.chance(20) && { displayName: `${name}, shown` }),
    // Python's descriptions of inputs stand in the one of the whole.
    ...((choices.chance(20) || inputs.some(({ description }) => description !== undefined)) && {
      description: "Several lines.\nThis is one.",
    }),
    ...(choices.chance(10) && { root: "gs://bucket/root" }),
    steps,
    outputs: outputs.map(({ reference: value, type }, index) => ({
      name: outputs.length === 1 ? "Output" : `result_${index}`,
      type,
      value,
    })),
  };

  function drawBody(sketches: readonly StepSketch[], inside: Scope, isPipeline = false): Body {
    const steps = sketches.flatMap((each, index) =>
      drawStep(each, inside, { isPipeline, isLast: isPipeline && index === sketches.length - 1 }),
    );
    if (steps.length === 0) steps.push(...drawTask(Choices.simplest(), inside, simplest()));
    return { steps, gives: inside.made };
  }

  function drawStep({ kind, decisions, bodies }: StepSketch, inside: Scope, place: Place): readonly Step[] {
    const decide = new Choices(decisions);
    switch (kind) {
      case "task":
        return drawTask(decide, inside, decide.maybeOf(callables.filter(isOrdinary)) ?? simplest());
      case "importer":
        return [drawImporter(decide, inside)];
      case "branches":
        return drawBranches(decide, bodies, inside, place);
      case "loop":
        return [drawLoop(decide, bodies.flat(), inside)];
      case "exit-handler":
        return place.isPipeline ? drawExitHandler(decide, bodies.flat(), inside) : [];
    }
  }

  /** A task, and the importers of artifacts that it needs and nothing else makes. */
  function drawTask(decide: Choices, inside: Scope, callable: Callable): readonly Step[] {
    const importers: Step[] = [];
    const given = drawArguments(decide, callable, inside, (type) => {
      const importer = drawImporter(Choices.simplest(), inside, type.class);
      importers.push(importer);
      return { kind: "output", task: importer.id, output: "artifact" };
    });
    // Of a list of artifacts that nothing makes, there is none.
    if (given === null) return importers;
    const id = nextId++;
    const settings = drawSettings(decide, callable, given, inside);
    addTask(inside, id, callable);
    return [...importers, { kind: "task", id, callable: callable.name, arguments: given, settings }];
  }

  function addTask(inside: Scope, id: number, { outputs: of }: Callable): readonly Value[] {
    const values = of.map(
      ({ name: output, type }): Value => ({ reference: { kind: "output", task: id, output }, type }),
    );
    inside.addStep(id);
    for (const value of values) inside.addMade(value);
    return values;
  }

  function drawImporter(decide: Choices, inside: Scope, wanted?: Extract<Type, { kind: "artifact" }>["class"]): Step {
    const type: Type = {
      kind: "artifact",
      class: wanted ?? decide.of(["Dataset", "Model", "VertexModel"]),
      list: false,
    };
    const { uri, metadata, reimport } = drawImporterArguments(decide, inside);
    const id = nextId++;
    inside.addStep(id);
    inside.addMade({ reference: { kind: "output", task: id, output: "artifact" }, type });
    const cached = decide.chance(20) ? { cache: false } : {};
    return { kind: "importer", id, class: type.class, uri, metadata, reimport, settings: cached };
  }

  function drawBranches(
    decide: Choices,
    bodies: StepSketch["bodies"],
    inside: Scope,
    { isLast: isEnd }: Place,
  ): readonly Step[] {
    const first = drawCondition(decide, inside);
    if (first === null) return [];
    const id = nextId++;
    // With the Python SDK, whatever follows an Elif without an Else becomes a part of the branches.
    const hasOtherwise = bodies.length > 1 && (!isEnd || decide.chance(50));
    const same = decide.chance(60)
      ? decide.maybeOf(callables.filter(({ outputs: of }) => of.length > 0).filter(isOrdinary))
      : undefined;
    const drawn = bodies.map((body, index) => {
      const isLast = hasOtherwise && index === bodies.length - 1;
      const condition = index === 0 ? first : isLast ? null : (drawCondition(decide, inside) ?? first);
      const branch = inside.child("group");
      const { steps } = drawBody(body, branch);
      // A task of the same component in each branch, so that they all give the same.
      const more = same === undefined ? [] : drawTask(decide, branch, same);
      const shown = decide.chance(15) ? { name: `branch ${id}.${index}` } : {};
      return { condition, ...shown, steps: [...steps, ...more], scope: branch };
    });
    const gives = drawn.map((): Record<string, Reference> => ({}));
    if (hasOtherwise) {
      for (const [index, { type, values }] of inCommon(drawn.map(({ scope: { made } }) => made))
        .slice(0, 4)
        .entries()) {
        const key = `choice_${index}`;
        for (const [branch, value] of values.entries()) Object.assign(gives[branch] ?? {}, { [key]: value });
        inside.addMade({ reference: { kind: "one-of", branches: id, name: key, values }, type });
      }
    } else if (drawn.length === 1) {
      const [{ scope: branch } = { scope: inside }] = drawn;
      for (const { reference, type } of branch.made) {
        if (reference.kind !== "output") continue;
        const key = keyOf(reference);
        Object.assign(gives[0] ?? {}, { [key]: reference });
        inside.addConditional({ reference: { kind: "collected", group: id, name: key, of: reference }, type });
      }
    }
    // Several branches come in a group of their own, which can be waited for.
    if (drawn.length > 1) for (const { scope: branch } of drawn) inside.addSteps(branch.steps);
    return [
      {
        kind: "branches",
        id,
        branches: drawn.map(({ scope: _, ...branch }, index) => ({ ...branch, gives: gives[index] ?? {} })),
      },
    ];
  }

  function drawLoop(decide: Choices, body: readonly StepSketch[], inside: Scope): Step {
    const id = nextId++;
    const over = decide.chance(60) ? decide.maybeOf(inside.values.filter(isLooped)) : undefined;
    const literal = drawItems(decide);
    const item: Type = over === undefined ? literal.type : itemOf(over.type);
    const options = {
      ...(decide.chance(30) && { parallelism: 1 + decide.upTo(9) }),
      ...(decide.chance(15) && { name: `loop ${id}` }),
    };
    const loop = inside.child("loop");
    if (over !== undefined) loop.setLoopedOver(over);
    const origin = {
      isLiteral: over === undefined,
      isTyped: over === undefined || (over.type.kind === "parameter" && over.type.of !== undefined),
      isOfItem: over?.item !== undefined,
      around: inside.around,
    };
    loop.add({ reference: { kind: "item", loop: id }, type: item, item: origin });
    if (item.kind === "parameter" && item.type === "struct" && canHaveFields(origin)) {
      const field: Type = item.of ?? { kind: "parameter", type: "string" };
      for (const name of ["a", "b"]) {
        loop.add({ reference: { kind: "field", loop: id, field: name }, type: field, item: origin });
      }
    }
    const { steps } = drawBody(body, loop);
    const isIgnored = !canBeIgnored(inside.around) && !takesItem(steps, id);
    const gives: Record<string, Reference> = {};
    for (const { reference, type } of [...loop.made, ...loop.conditional]) {
      const of = reference.kind === "collected" ? reference.of : reference.kind === "output" ? reference : null;
      if (of === null || decide.chance(20)) continue;
      const key = keyOf(of);
      gives[key] = reference;
      const collected: Reference = { kind: "collected", group: id, name: key, of };
      inside.addMade({
        reference: collected,
        type: reference.kind === "collected" && isCollectedList(reference, loop) ? type : listOf(type),
      });
    }
    inside.addSteps(loop.steps);
    return {
      kind: "loop",
      id,
      items: over === undefined || isIgnored ? { literal: literal.items } : { value: over.reference },
      ...options,
      steps,
      gives,
    };
  }

  function drawExitHandler(decide: Choices, body: readonly StepSketch[], inside: Scope): readonly Step[] {
    const before = Scope.of(inputs);
    const [notified] = decide.some(
      callables.filter((each) => !isOrdinary(each)),
      70,
    );
    const callable = notified ?? decide.maybeOf(callables.filter(isOrdinary)) ?? simplest();
    const given = drawArguments(decide, callable, before, () => null);
    if (given === null) return [];
    const exit: TaskStep = { kind: "task", id: nextId++, callable: callable.name, arguments: given, settings: {} };
    const id = nextId++;
    const shown = decide.chance(30) ? { name: `handler ${id}` } : {};
    const { steps } = drawBody(body, inside.child("group"));
    inside.addStep(id);
    return [{ kind: "exit-handler", id, ...shown, exit, steps }];
  }

  /** A component that takes parameters only. */
  function simplest(): Callable {
    const [first] = callables;
    if (first === undefined) throw new Error("A program has a component.");
    return first;
  }
}

/** A component that needs no status of others. */
function isOrdinary({ inputs }: Callable): boolean {
  return inputs.every(({ type }) => type.kind !== "final-status");
}

/** Whether any of the steps takes an item of the loop, or a field of one. */
export function takesItem(steps: readonly Step[], loop: number): boolean {
  const taken = JSON.stringify(steps).matchAll(/"kind":"(?:item|field)","loop":(\d+)/g);
  return [...taken].some(([, id]) => Number(id) === loop);
}

function keyOf({ task, output }: OutputReference): string {
  return `task_${task}_${output}`;
}

/** Of a loop in the loop, not of a branch in it. */
function isCollectedList(reference: Reference, { made }: Scope): boolean {
  return made.some((value) => value.reference === reference);
}

/** What a loop can run over. */
function isLooped(value: Value): boolean {
  const { type } = value;
  return canControl(value) && canBeLoopedOver(value) && (type.kind === "artifact" ? type.list : type.type === "list");
}

function itemOf(type: Type): Type {
  if (type.kind === "artifact") return { ...type, list: false };
  return type.of ?? { kind: "parameter", type: "string" };
}

/** Outputs of tasks that have one of the same type in each of the branches. */
function inCommon(
  branches: readonly (readonly Value[])[],
): readonly { readonly type: Type; readonly values: readonly OutputReference[] }[] {
  const [first = []] = branches;
  return first.flatMap(({ type }) => {
    const values = branches.flatMap((made) => {
      const found = made.find((value) => value.reference.kind === "output" && isSameType(value.type, type));
      return found?.reference.kind === "output" ? [found.reference] : [];
    });
    return values.length === branches.length ? [{ type, values }] : [];
  });
}
