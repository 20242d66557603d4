import type { Argument, Condition, Pipeline, Program, Reference, Step, TaskStep, Word } from "./model.ts";

/** Everything that the two languages have in common, and that is counted. */
export const features = [
  "parameter: string",
  "parameter: int",
  "parameter: double",
  "parameter: boolean",
  "parameter: list",
  "parameter: struct",
  "list or struct that says what it holds",
  "default",
  "optional without default",
  "optional artifact",
  "artifact",
  "list of artifacts",
  "google artifact",
  "description",
  "pipeline: display name",
  "pipeline: description",
  "pipeline: root",
  "pipeline output",
  "pipeline in a pipeline",
  "importer",
  "importer: from a value",
  "importer: reimport",
  "importer: metadata",
  "if",
  "else",
  "else if",
  "branch with a name",
  "condition on an item",
  "condition with two values",
  "one-of: parameter",
  "one-of: artifact",
  "loop: literal",
  "loop: parameter",
  "loop: output",
  "loop: artifacts",
  "loop: items that are structs",
  "loop in a loop",
  "loop in a branch",
  "branch in a loop",
  "loop: parallelism",
  "loop with a name",
  "collected: parameter",
  "collected: artifact",
  "collected: from a branch",
  "exit handler",
  "exit handler with a name",
  "final status",
  "after",
  "after an exit handler",
  "retry",
  "cache off",
  "cache key",
  "task display name",
  "environment",
  "resources",
  "resources from a value",
  "image",
  "image from a value",
  "ignore upstream failure",
  "text with values in it",
  "data with values in it",
  "job or task placeholder",
  "placeholder: path",
  "placeholder: uri",
  "placeholder: metadata",
  "placeholder: concat",
  "placeholder: if present",
] as const;

export type Feature = (typeof features)[number];

/** What a program has in it. */
export function featuresOf({ components, pipelines }: Program): ReadonlySet<Feature> {
  const found = new Set<Feature>();
  const note = (feature: Feature, is = true) => {
    if (is) found.add(feature);
  };
  for (const callable of [...components, ...pipelines]) {
    for (const { type, optional, default: preset, description } of callable.inputs) {
      note("description", description !== undefined);
      if (type.kind === "final-status") continue;
      noteType(type);
      note("default", preset !== undefined);
      note("optional without default", type.kind === "parameter" && optional && preset === undefined);
      note("optional artifact", type.kind === "artifact" && optional);
    }
    for (const { type } of callable.outputs) noteType(type);
  }
  for (const { command, args } of components) for (const word of [...command, ...args]) noteWord(word);
  for (const pipeline of pipelines) notePipeline(pipeline);
  return found;

  function noteType(type: Exclude<Pipeline["inputs"][number]["type"], { kind: "final-status" }>): void {
    if (type.kind === "parameter") {
      note(`parameter: ${type.type}`);
      note("list or struct that says what it holds", type.of !== undefined);
    } else {
      note("artifact");
      note("list of artifacts", type.list);
      note("google artifact", ["VertexModel", "VertexDataset", "BQTable"].includes(type.class));
    }
  }

  function noteWord(word: Word): void {
    note("job or task placeholder", word.kind === "known");
    if (word.kind === "path" || word.kind === "uri" || word.kind === "metadata") note(`placeholder: ${word.kind}`);
    note("placeholder: concat", word.kind === "concat");
    note("placeholder: if present", word.kind === "if-present");
    if (word.kind === "concat") word.items.forEach(noteWord);
    if (word.kind === "if-present") [word.present, word.otherwise ?? []].flat().forEach(noteWord);
  }

  function notePipeline(pipeline: Pipeline): void {
    const names = new Set(pipelines.map(({ name }) => name));
    const exits = new Set<number>();
    note("pipeline: display name", pipeline.displayName !== undefined);
    note("pipeline: description", pipeline.description !== undefined);
    note("pipeline: root", pipeline.root !== undefined);
    note("pipeline output", pipeline.outputs.length > 0);
    for (const { value, type } of pipeline.outputs) noteReference(value, type.kind);
    noteSteps(pipeline.steps, []);

    function noteSteps(steps: readonly Step[], around: readonly Step["kind"][]): void {
      for (const step of steps) noteStep(step, around);
    }

    function noteStep(step: Step, around: readonly Step["kind"][]): void {
      switch (step.kind) {
        case "task":
          noteTask(step);
          break;
        case "importer":
          note("importer");
          note("importer: from a value", step.uri.kind !== "constant");
          note("importer: reimport", step.reimport);
          note("importer: metadata", step.metadata !== null);
          if (step.metadata !== null) noteArgument(step.metadata);
          break;
        case "branches":
          note("if");
          note("else", step.branches.at(-1)?.condition === null);
          note(
            "else if",
            step.branches.slice(1).some(({ condition }) => condition !== null),
          );
          note("branch in a loop", around.includes("loop"));
          for (const { condition, name, steps } of step.branches) {
            note("branch with a name", name !== undefined);
            if (condition !== null) noteCondition(condition);
            noteSteps(steps, [...around, "branches"]);
          }
          break;
        case "loop": {
          const { items, name, parallelism, steps } = step;
          note("loop: literal", "literal" in items);
          note("loop: items that are structs", "literal" in items && typeof items.literal[0] === "object");
          if ("value" in items) {
            note("loop: parameter", items.value.kind === "input");
            note("loop: output", items.value.kind === "output");
            note("loop: artifacts", isArtifacts(items.value));
          }
          note("loop: parallelism", parallelism !== undefined);
          note("loop with a name", name !== undefined);
          note("loop in a loop", around.includes("loop"));
          note("loop in a branch", around.includes("branches"));
          noteSteps(steps, [...around, "loop"]);
          break;
        }
        case "exit-handler":
          exits.add(step.id);
          note("exit handler");
          note("exit handler with a name", step.name !== undefined);
          note(
            "final status",
            inputsOf(step.exit).some(({ type }) => type.kind === "final-status"),
          );
          noteTask(step.exit);
          noteSteps(step.steps, [...around, "exit-handler"]);
      }
    }

    function noteTask({ callable, arguments: given, settings }: TaskStep): void {
      note("pipeline in a pipeline", names.has(callable));
      for (const value of Object.values(given)) noteArgument(value);
      const {
        after = [],
        displayName,
        cache,
        retry,
        environment,
        resources = {},
        image,
        ignoreUpstreamFailure,
      } = settings;
      note("after", after.length > 0);
      note(
        "after an exit handler",
        after.some((id) => exits.has(id)),
      );
      note("task display name", displayName !== undefined);
      note("cache off", cache === false);
      note("cache key", typeof cache === "string");
      note("retry", retry !== undefined);
      note("environment", environment !== undefined);
      note("resources", Object.keys(resources).length > 0);
      note(
        "resources from a value",
        Object.values(resources).some((each) => typeof each === "object"),
      );
      note("image", typeof image === "string");
      note("image from a value", typeof image === "object");
      note("ignore upstream failure", ignoreUpstreamFailure === true);
    }

    function inputsOf({ callable }: TaskStep): Pipeline["inputs"] {
      return [...components, ...pipelines].find(({ name }) => name === callable)?.inputs ?? [];
    }

    function isArtifacts(value: Reference): boolean {
      if (value.kind !== "input") return false;
      const type = pipeline.inputs.find(({ name }) => name === value.name)?.type;
      return type?.kind === "artifact";
    }

    function noteArgument(argument: Argument): void {
      note("job or task placeholder", argument.kind === "known");
      note("text with values in it", argument.kind === "text");
      note("data with values in it", (argument.kind === "list" || argument.kind === "struct") && hasValue(argument));
      if (isReference(argument)) noteReference(argument, null);
    }

    function noteReference(value: Reference, kind: "parameter" | "artifact" | null): void {
      if (value.kind === "one-of") note(`one-of: ${kind ?? kindOf(value.values[0])}`);
      if (value.kind === "collected") {
        note(`collected: ${kind === "artifact" ? "artifact" : kindOf(value.of)}`);
        note("collected: from a branch", value.name !== "" && isInBranch(pipeline.steps, value.of.task, false));
      }
    }

    function kindOf(value: { readonly task: number; readonly output: string } | undefined): "parameter" | "artifact" {
      if (value === undefined) return "parameter";
      const step = stepWith(pipeline.steps, value.task);
      if (step?.kind === "importer") return "artifact";
      const callable = step?.kind === "task" ? step.callable : "";
      const output = [...components, ...pipelines]
        .find(({ name }) => name === callable)
        ?.outputs.find(({ name }) => name === value.output);
      return output?.type.kind ?? "parameter";
    }
  }

  function noteCondition({ left, right }: Condition): void {
    note("condition on an item", left.kind === "item" || left.kind === "field");
    note("condition with two values", right.kind !== "constant");
  }
}

function isReference(argument: Argument): argument is Reference {
  return ["input", "output", "item", "field", "one-of", "collected"].includes(argument.kind);
}

function hasValue(argument: Argument): boolean {
  if (argument.kind === "list") return argument.items.some((each) => isReference(each) || hasValue(each));
  if (argument.kind === "struct")
    return Object.values(argument.fields).some((each) => isReference(each) || hasValue(each));
  return argument.kind === "text";
}

function bodiesOf(step: Step): readonly (readonly Step[])[] {
  if (step.kind === "branches") return step.branches.map(({ steps }) => steps);
  return "steps" in step ? [step.steps] : [];
}

function stepWith(steps: readonly Step[], id: number): Step | undefined {
  for (const step of steps) {
    if (step.id === id) return step;
    if (step.kind === "exit-handler" && step.exit.id === id) return step.exit;
    for (const body of bodiesOf(step)) {
      const found = stepWith(body, id);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isInBranch(steps: readonly Step[], id: number, inside: boolean): boolean {
  return steps.some((step) =>
    step.id === id ? inside : bodiesOf(step).some((body) => isInBranch(body, id, inside || step.kind === "branches")),
  );
}
