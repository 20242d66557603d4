import { conditionText } from "../graph/diagram/to-diagram.ts";
import { type Flow, type Group, isSetting, printExpression, printSource, type Step } from "../graph/flow/index.ts";
import { canonicalJson } from "../ir/canonical-json.ts";
import { compareDefinitions, compareText, keysOf } from "./compare-pipelines.ts";
import { compareTasks } from "./compare-tasks.ts";
import type { Change, Subject } from "./diff.ts";
import { type Pair, sameSource } from "./pair.ts";

/** What has come, gone, moved, got another name, and changed, in the order of the later pipeline. */
export function compareSteps(pair: Pair): readonly Change[] {
  const { before, after, matching } = pair;
  const changes: Change[] = [];
  for (const step of after.byPath.values()) {
    const earlier = before.byPath.get(matching.earlier.get(step.path) ?? "");
    const subject = subjectOf(step, after);
    if (earlier === undefined) {
      if (isWorthALine(step)) changes.push(whole("added", subject));
    } else {
      changes.push(...compareStep(pair, earlier, step, subject));
    }
  }
  for (const step of before.byPath.values()) {
    if (!matching.later.has(step.path) && isWorthALine(step)) changes.push(whole("removed", subjectOf(step, before)));
  }
  return changes;
}

/** What is around an `if` and its `else` says nothing that they do not. */
function isWorthALine(step: Step): boolean {
  return step.kind === "task" || step.role !== "branches";
}

function whole(kind: "added" | "removed", subject: Subject): Change {
  return { kind, subject, aspect: null, name: null, before: null, after: null };
}

function compareStep(pair: Pair, one: Step, other: Step, subject: Subject): readonly Change[] {
  const { before, after, matching } = pair;
  const common = { subject, aspect: null, name: null };
  const moved = (one.parent === "" ? "" : matching.later.get(one.parent)) !== other.parent;
  const named = one.kind === "task" || one.role === "pipeline";
  return [
    ...(moved
      ? [{ ...common, kind: "moved" as const, before: placeOf(one, before), after: placeOf(other, after) }]
      : []),
    ...(named && one.name !== other.name
      ? [{ ...common, kind: "renamed" as const, before: one.name, after: other.name }]
      : []),
    ...(titleOf(one) === titleOf(other) ? [] : compareText(subject, "display name", titleOf(one), titleOf(other))),
    ...compareConditions(pair, one, other, subject),
    ...compareInputs(pair, one, other, subject),
    ...compareOrder(pair, one, other, subject),
    ...(one.runsAfterFailure === other.runsAfterFailure
      ? []
      : compareText(subject, "after failure", onFailure(one), onFailure(other))),
    ...compareText(subject, "caching", cachingOf(one), cachingOf(other)),
    ...compareText(subject, "retry", retryOf(one), retryOf(other)),
    ...(one.kind === "group" && other.kind === "group" ? compareGroups(pair, one, other, subject) : []),
    ...(one.kind === "task" && other.kind === "task" ? compareTasks(pair, one, other, subject) : []),
  ];
}

/** Null where it is only the name. */
function titleOf({ title, name }: Step): string | null {
  return title === name ? null : title;
}

function onFailure({ runsAfterFailure }: Step): string {
  return runsAfterFailure ? "runs" : "does not run";
}

function compareConditions(pair: Pair, one: Step, other: Step, subject: Subject): readonly Change[] {
  if (conditionKey(one) === conditionKey(other) && sameNames(pair, one, other)) return [];
  const [was, is] = [one.condition, other.condition];
  return compareTextAlways(
    subject,
    was === null ? null : conditionText(was, pair.before),
    is === null ? null : conditionText(is, pair.after),
  );
}

function compareTextAlways(subject: Subject, before: string | null, after: string | null): readonly Change[] {
  return [{ kind: "changed", subject, aspect: "condition", name: null, before, after }];
}

/** Names in conditions are those of the compilers: what counts is how often, in which order, and what they stand for. */
function conditionKey({ condition }: Step): string | null {
  if (condition === null) return null;
  const names = [...condition.names.keys()];
  const { keyword, expression } = condition;
  return `${keyword} ${expression === null ? "" : printExpression(expression, (name) => `#${names.indexOf(name)}`)}`;
}

function sameNames(pair: Pair, { condition: one }: Step, { condition: other }: Step): boolean {
  const [was, is] = [[...(one?.names.values() ?? [])], [...(other?.names.values() ?? [])]];
  return was.length === is.length && was.every((source, index) => sameSource(pair, source, is[index]));
}

function compareInputs(pair: Pair, one: Step, other: Step, subject: Subject): readonly Change[] {
  return keysOf(one.inputs, other.inputs).flatMap((name): readonly Change[] => {
    const [was, is] = [one.inputs[name], other.inputs[name]];
    if (sameSource(pair, was, is) || (one.kind === "task" && isSetting(one, name))) return [];
    const before = was === undefined ? null : printSource(was, pair.before, 400);
    const after = is === undefined ? null : printSource(is, pair.after, 400);
    return [{ kind: "changed", subject, aspect: "input", name, before, after }];
  });
}

function compareOrder(pair: Pair, one: Step, other: Step, subject: Subject): readonly Change[] {
  const { before, after, matching } = pair;
  const was = one.after.map((path) => matching.later.get(path) ?? `gone ${path}`).sort();
  const is = [...other.after].sort();
  if (canonicalJson(was) === canonicalJson(is)) return [];
  const list = (paths: readonly string[], flow: Flow) =>
    paths.length === 0 ? null : paths.map((path) => flow.byPath.get(path)?.title ?? path).join(", ");
  return [
    {
      kind: "changed",
      subject,
      aspect: "order",
      name: null,
      before: list(one.after, before),
      after: list(other.after, after),
    },
  ];
}

/** Null for loops and branches, of which nobody says it. */
function cachingOf({ kind, spec: { cachingOptions } }: Step): string | null {
  if (kind === "group" && cachingOptions === undefined) return null;
  if (cachingOptions?.enableCache !== true) return "off";
  return cachingOptions.cacheKey ? `on, key ${cachingOptions.cacheKey}` : "on";
}

function retryOf({ spec: { retryPolicy } }: Step): string | null {
  if (retryPolicy === undefined) return null;
  const { maxRetryCount = 0, backoffDuration, backoffFactor, backoffMaxDuration } = retryPolicy;
  const details = [
    backoffDuration === undefined ? null : `after ${backoffDuration}`,
    backoffFactor === undefined ? null : `× ${backoffFactor}`,
    backoffMaxDuration === undefined ? null : `at most ${backoffMaxDuration}`,
  ].filter((part) => part !== null);
  return [`${maxRetryCount} times`, ...details].join(", ");
}

function compareGroups(pair: Pair, one: Group, other: Group, subject: Subject): readonly Change[] {
  const { before, after } = pair;
  const declared =
    one.role === "pipeline"
      ? [
          ...compareDefinitions(subject, "input", one.definitions.inputs, other.definitions.inputs),
          ...keysOf(one.outputs, other.outputs).flatMap((name): readonly Change[] => {
            const [was, is] = [one.outputs[name], other.outputs[name]];
            if (sameSource(pair, was, is)) return [];
            const texts = { before: was ? printSource(was, before) : null, after: is ? printSource(is, after) : null };
            return [{ kind: "changed", subject, aspect: "output", name, ...texts }];
          }),
        ]
      : [];
  if (one.loop === null || other.loop === null) return declared;
  const items = sameSource(pair, one.loop.items, other.loop.items)
    ? []
    : compareItems(subject, printSource(one.loop.items, before, 400), printSource(other.loop.items, after, 400));
  const parallelism = [one.loop.parallelism, other.loop.parallelism].map((count) => count?.toString() ?? null);
  return [
    ...declared,
    ...items,
    ...compareText(subject, "parallelism", parallelism[0] ?? null, parallelism[1] ?? null),
  ];
}

function compareItems(subject: Subject, before: string, after: string): readonly Change[] {
  return [{ kind: "changed", subject, aspect: "items", name: null, before, after }];
}

function placeOf({ parent }: Step, flow: Flow): string {
  const around = flow.byPath.get(parent);
  return around === undefined ? "the pipeline" : titleOfStep(around, flow);
}

export function subjectOf(step: Step, flow: Flow): Subject {
  const around = flow.byPath.get(step.parent);
  const outer = around?.kind === "group" && around.role === "branches" ? flow.byPath.get(around.parent) : around;
  const within = outer === undefined ? null : titleOfStep(outer, flow);
  return { kind: kindOf(step), path: step.path, title: titleOfStep(step, flow), within };
}

function kindOf(step: Step): Subject["kind"] {
  if (step.kind === "task") return "task";
  return step.role === "pipeline" ? "inner-pipeline" : step.role;
}

function titleOfStep(step: Step, flow: Flow): string {
  if (step.kind === "task") return step.title;
  const { role, loop, condition, title } = step;
  if (role === "loop" && loop !== null) return `for each ${printSource(loop.items, flow, 60)}`;
  if (role === "branch" && condition !== null) return conditionText(condition, flow);
  if (role === "branches") return "branches";
  return role === "exit-handler" ? "exit handler" : title;
}
