import { conditionText } from "../diagram/to-diagram.ts";
import {
  type Definitions,
  type Flow,
  type Group,
  isSetting,
  leavesOf,
  originOf,
  printSource,
  printValue,
  type Step,
  settingsOf,
  type Task,
} from "../flow/index.ts";
import { nameOf } from "../svg/icons.ts";

/** What the page says of a step, in the order in which it says it. */
export interface StepDetails {
  readonly title: string;
  readonly kind: string;
  readonly path: string;
  readonly description: string | null;
  readonly sections: readonly Section[];
}

export type Section =
  | { readonly title: string; readonly rows: readonly Row[] }
  | { readonly title: string; readonly code: string };

export interface Row {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  /** Id of the step that it comes from, to go there. */
  readonly step: string | null;
}

const roles = {
  loop: "Loop",
  branch: "Branch",
  branches: "Branches, of which one runs",
  "exit-handler": "Steps after which a task runs, whatever became of them",
  pipeline: "Pipeline in the pipeline",
} as const;

export function detailsOf(step: Step, flow: Flow): StepDetails {
  const sections = [
    ...conditionRows(step, flow),
    rows("Inputs", inputRows(step, flow)),
    rows("Outputs", outputRows(step.definitions.outputs, step, flow)),
    ...(step.kind === "task" ? taskSections(step, flow) : groupSections(step, flow)),
    rows(
      "Runs after",
      step.after.map((path) => plain(flow.byPath.get(path)?.title ?? path, "", path)),
    ),
  ].filter((section) => ("rows" in section ? section.rows.length > 0 : section.code !== ""));
  return {
    title: step.title,
    kind: step.kind === "task" ? nameOf[step.runs] : roles[step.role],
    path: step.path,
    description: descriptionOf(step),
    sections,
  };
}

/** What the page says of the pipeline itself. */
export function detailsOfPipeline(flow: Flow): StepDetails {
  const inputs = Object.entries(flow.inputs).map(([name, { type, optional, default: value, description }]) => {
    const text = value === undefined ? (optional ? "optional" : "required") : printValue(value, 400);
    return { name, type, value: description === null ? text : `${text}\n${description}`, step: null };
  });
  const outputs = Object.entries(flow.outputs).map(([name, source]) => ({
    name,
    type: flow.outputTypes[name] ?? "",
    value: printSource(source, flow),
    step: null,
  }));
  return {
    title: flow.displayName ?? flow.name,
    kind: "Pipeline",
    path: flow.name,
    description: flow.description,
    sections: [rows("Inputs", inputs), rows("Outputs", outputs)].filter(
      (section) => "rows" in section && section.rows.length > 0,
    ),
  };
}

function descriptionOf({ component }: Step): string | null {
  const { description } = component as { readonly description?: unknown };
  return typeof description === "string" && description !== "" ? description : null;
}

function conditionRows({ condition }: Step, flow: Flow): readonly Section[] {
  return condition === null ? [] : [{ title: "Condition", code: conditionText(condition, flow) }];
}

function inputRows(step: Step, flow: Flow): readonly Row[] {
  if (step.kind === "group" && step.role !== "pipeline") return [];
  const inputs = Object.entries(step.definitions.inputs);
  const own = inputs.filter(([name]) => step.kind === "group" || !isSetting(step, name));
  return own.map(([name, { type, default: value }]) => {
    const source = step.inputs[name];
    if (source === undefined) {
      const text = value === undefined ? "not given" : `${printValue(value, 400)}  (default)`;
      return { name, type, value: text, step: null };
    }
    const [from = null, ...others] = leavesOf(originOf(flow, source)).flatMap((leaf) =>
      leaf.kind === "output" ? [leaf.step] : [],
    );
    return { name, type, value: printSource(source, flow, 400), step: others.length === 0 ? from : null };
  });
}

function outputRows(outputs: Definitions, step: Step, flow: Flow): readonly Row[] {
  if (step.kind === "group" && step.role !== "pipeline") return [];
  return Object.entries(outputs).map(([name, { type }]) => {
    const source = step.kind === "group" ? step.outputs[name] : undefined;
    return { name, type, value: source === undefined ? "" : printSource(source, flow), step: null };
  });
}

function groupSections({ loop }: Group, flow: Flow): readonly Section[] {
  if (loop === null) return [];
  const parallelism = loop.parallelism === null ? "as many as there are" : String(loop.parallelism);
  return [rows("Loop", [plain("items", printSource(loop.items, flow, 400)), plain("at a time", parallelism)])];
}

function taskSections(task: Task, flow: Flow): readonly Section[] {
  const settings = settingsOf(task, flow);
  const { importer } = task.executor;
  return [
    ...(importer === undefined ? [] : [rows("Import", importRows(importer))]),
    rows("Runs on", [
      ...given("machine", settings.machine),
      ...given("replicas", settings.replicas),
      ...given("accelerator", settings.accelerator),
      ...given("CPU", settings.cpu),
      ...given("memory", settings.memory),
      ...given("strategy", settings.strategy),
      ...Object.entries(settings.more).map(([name, value]) => plain(name.replaceAll("_", " "), textOf(value))),
    ]),
    rows("Behaviour", behaviourRows(task)),
    { title: "Image", code: settings.image ?? "" },
    { title: "Command", code: commandText([...settings.command, ...settings.args]) },
    rows(
      "Environment",
      Object.entries(settings.env).map(([name, value]) => plain(name, value)),
    ),
  ];
}

function importRows({ reimport, metadata }: NonNullable<Task["executor"]["importer"]>): readonly Row[] {
  return [
    plain("reimport", reimport ? "always a new artifact" : "the artifact of that URI where there is one"),
    ...Object.entries(metadata ?? {}).map(([name, value]) => plain(name, textOf(value))),
  ];
}

function behaviourRows({ spec, runs, runsAfterFailure }: Task): readonly Row[] {
  const { cachingOptions: cache, retryPolicy: retry } = spec;
  const caching = cache?.enableCache === true ? (cache.cacheKey ? `on, key ${cache.cacheKey}` : "on") : "off";
  const count = retry?.maxRetryCount ?? 0;
  const details = [retry?.backoffDuration, retry?.backoffFactor && `× ${retry.backoffFactor}`]
    .filter(Boolean)
    .join(" ");
  return [
    ...(runs === "importer" ? [] : [plain("caching", caching)]),
    ...(count === 0 ? [] : [plain("retry", `${count} times${details === "" ? "" : `, after ${details}`}`)]),
    ...(runsAfterFailure ? [plain("runs", "even when what it waits for has failed")] : []),
  ];
}

/** As one would type it, one argument a line; a program in it keeps its own lines. */
function commandText(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./{}$[\]'-]+$/.test(word) || word.includes("\n") ? word : JSON.stringify(word)))
    .join("\n");
}

function rows(title: string, all: readonly Row[]): Section {
  return { title, rows: all };
}

function plain(name: string, value: string, step: string | null = null): Row {
  return { name, type: "", value, step };
}

function given(name: string, value: string | null): readonly Row[] {
  return value === null ? [] : [plain(name, value)];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
