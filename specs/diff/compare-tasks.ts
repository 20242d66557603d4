import { type Definitions, isSetting, type Settings, settingsOf, type Task } from "../graph/flow/index.ts";
import { canonicalJson } from "../ir/canonical-json.ts";
import { compareDefinitions, compareText, keysOf } from "./compare-pipelines.ts";
import { compareRestOfTasks } from "./compare-rest.ts";
import type { Aspect, Change, Subject } from "./diff.ts";
import type { Pair } from "./pair.ts";

/** What has changed about what a task runs, on what and how. */
export function compareTasks(pair: Pair, one: Task, other: Task, subject: Subject): readonly Change[] {
  const [was, is] = [settingsOf(one, pair.before), settingsOf(other, pair.after)];
  const text = (aspect: Aspect, before: string | null, after: string | null, name: string | null = null) =>
    compareText(subject, aspect, before, after, name);
  return [
    ...text("runs", one.runs, other.runs),
    ...text("image", was.image, is.image),
    ...text("command", commandOf(was), commandOf(is)),
    ...keysOf(was.env, is.env).flatMap((name) =>
      text("environment", was.env[name] ?? null, is.env[name] ?? null, name),
    ),
    ...hardware.flatMap((name) => text("hardware", was[name], is[name], name)),
    ...keysOf(was.more, is.more).flatMap((name) =>
      text("option", json(was.more[name]), json(is.more[name]), name.replaceAll("_", " ")),
    ),
    ...compareDefinitions(subject, "input", ownInputs(one), ownInputs(other)),
    ...compareDefinitions(subject, "output", one.definitions.outputs, other.definitions.outputs),
    ...compareImports(one, other, subject),
    ...text("option", launcherOf(one), launcherOf(other), "launcher"),
    ...compareOptions(pair, one, other, subject),
    ...compareRestOfTasks(one, other, subject),
  ];
}

function ownInputs(task: Task): Definitions {
  return Object.fromEntries(Object.entries(task.definitions.inputs).filter(([name]) => !isSetting(task, name)));
}

const hardware = ["machine", "replicas", "accelerator", "cpu", "memory", "strategy"] as const;

function commandOf({ command, args }: Settings): string | null {
  const words = [...command, ...args];
  return words.length === 0 ? null : words.join("\n");
}

function json(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : canonicalJson(value);
}

function compareImports(one: Task, other: Task, subject: Subject): readonly Change[] {
  const [was, is] = [one.executor.importer, other.executor.importer];
  if (was === undefined || is === undefined) return [];
  const parts = {
    URI: [uriOf(was), uriOf(is)],
    reimport: [was.reimport === true, is.reimport === true],
    metadata: [was.metadata ?? {}, is.metadata ?? {}],
    "download to workspace": [was.downloadToWorkspace === true, is.downloadToWorkspace === true],
  };
  return Object.entries(parts).flatMap(([name, [before, after]]) =>
    compareText(subject, "import", json(before), json(after), name),
  );
}

function uriOf({ artifactUri }: NonNullable<Task["executor"]["importer"]>): unknown {
  return artifactUri?.constant ?? artifactUri?.runtimeParameter;
}

/** Of a CustomJob, what Google's component itself runs: a new release of it is no change of the author's. */
function launcherOf({ runs, executor }: Task): string | null {
  const { image, command = [], args = [] } = executor.container ?? {};
  return runs === "custom-job" ? [image, ...command, ...args].join("\n") : null;
}

/** The options for Kubernetes are a document of their own, by executor. */
function compareOptions(pair: Pair, one: Task, other: Task, subject: Subject): readonly Change[] {
  const [was, is] = [optionsOf(pair.platforms.before, one), optionsOf(pair.platforms.after, other)];
  return keysOf(was, is).flatMap((name) => compareText(subject, "kubernetes", json(was[name]), json(is[name]), name));
}

function optionsOf(platform: Pair["platforms"]["before"], { component }: Task): Readonly<Record<string, unknown>> {
  const options: unknown =
    platform?.platforms?.["kubernetes"]?.deploymentSpec?.executors?.[component.executorLabel ?? ""];
  return typeof options === "object" && options !== null ? (options as Readonly<Record<string, unknown>>) : {};
}
