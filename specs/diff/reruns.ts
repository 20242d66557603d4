import { allTasks, type Flow, leavesOf, originOf, printSource, type Source, type Task } from "../graph/flow/index.ts";
import { cachedBy } from "../ir/cache-key.ts";
import { canonicalJson } from "../ir/canonical-json.ts";
import type { Rerun, Verdict } from "./diff.ts";
import { type Pair, sameSource } from "./pair.ts";

interface Reason {
  readonly verdict: Exclude<Verdict, "cached">;
  readonly text: string;
}

/**
 * Which tasks of the later pipeline would run, after a whole run of the earlier with the same parameters.
 *
 * Vertex looks a task up by what goes in and what it is; see `cacheKeyText`. What goes in is known only when the tasks
 * before it have run: a new artifact is always another one, but a parameter may come out as before.
 */
export function findReruns(pair: Pair): readonly Rerun[] {
  const { before, after, matching } = pair;
  const known = new Map<string, readonly Reason[]>();
  const renamed = before.name !== after.name;
  return [...allTasks(after.steps)].map((task) => {
    const reasons = reasonsOf(task);
    const again = reasons.filter(({ verdict }) => verdict === "again");
    return {
      path: task.path,
      title: task.title,
      verdict: again.length > 0 ? "again" : reasons.length > 0 ? "maybe" : "cached",
      reasons: [...new Set((again.length > 0 ? again : reasons).map(({ text }) => text))],
    };
  });

  function reasonsOf(task: Task): readonly Reason[] {
    const found = known.get(task.path);
    if (found !== undefined) return found;
    // Tasks that wait for each other are no valid pipeline; they must not make this endless.
    known.set(task.path, []);
    const reasons = findReasons(task);
    known.set(task.path, reasons);
    return reasons;
  }

  function findReasons(task: Task): readonly Reason[] {
    if (task.runs === "importer") return importReasons(task);
    const { cachingOptions: cache } = task.spec;
    if (cache?.enableCache !== true) return [again("caching is off")];
    if (renamed) return [again("the pipeline has another name, and shares no results with the earlier one")];
    const earlier = before.byPath.get(matching.earlier.get(task.path) ?? "");
    if (earlier?.kind !== "task") return [again("it is new")];
    const { cachingOptions: was } = earlier.spec;
    if (was?.enableCache !== true) return [maybe("caching was off: there may be no result to use")];
    if (cache.cacheKey || was.cacheKey) {
      return cache.cacheKey === was.cacheKey ? [] : [again("it has another cache key of its own")];
    }
    return [...componentReasons(earlier, task), ...inputReasons(earlier, task)];
  }

  /** An importer with the same URI gives the same artifact, unless it is to make a new one each time. */
  function importReasons(task: Task): readonly Reason[] {
    const earlier = before.byPath.get(matching.earlier.get(task.path) ?? "");
    if (task.executor.importer?.reimport === true) return [again("it imports anew each time")];
    if (earlier?.kind !== "task") return [again("it is new")];
    const type = ({ executor: { importer } }: Task) =>
      canonicalJson([importer?.typeSchema, importer?.metadata, importer?.artifactUri]);
    return [
      ...(type(earlier) === type(task) ? [] : [again("it imports something else")]),
      ...inputReasons(earlier, task),
    ];
  }

  function componentReasons(earlier: Task, task: Task): readonly Reason[] {
    const [was, is] = [cachedBy(earlier.component, earlier.executor), cachedBy(task.component, task.executor)];
    const same = (parts: (facts: typeof was) => unknown) => canonicalJson(parts(was)) === canonicalJson(parts(is));
    return [
      ...(same(({ image }) => image) ? [] : [again("its image has changed")]),
      ...(same(({ command, args }) => [command, args]) ? [] : [again("its command has changed")]),
      ...(same(({ env }) => env) ? [] : [again("its environment has changed")]),
      ...(same(({ outputParameters, outputArtifacts }) => [outputParameters, outputArtifacts])
        ? []
        : [again("its outputs have changed")]),
    ];
  }

  function inputReasons(earlier: Task, task: Task): readonly Reason[] {
    return Object.keys({ ...earlier.definitions.inputs, ...task.definitions.inputs }).flatMap((name) => {
      const [was, is] = [inputOf(before, earlier, name), inputOf(after, task, name)];
      if (!sameSource(pair, was, is)) return [again(`its input ${name} has changed`)];
      if (is === undefined) return [];
      if (is.kind === "template" && isOfTheRun(is.value)) return [again(`its input ${name} is another in every run`)];
      return leavesOf(is).flatMap((leaf) => leafReasons(leaf, name));
    });
  }

  function leafReasons(leaf: Source, input: string): readonly Reason[] {
    switch (leaf.kind) {
      case "output":
        return outputReasons(leaf, input);
      case "item":
        return itemReasons(leaf.loop, input);
      case "status":
        return [again(`its input ${input} says how this very job went`)];
      case "input":
        return defaultReasons(leaf.name);
      case "constant":
        return isOfTheRun(leaf.value) ? [again(`its input ${input} is another in every run`)] : [];
      default:
        return [];
    }
  }

  function outputReasons(leaf: Extract<Source, { kind: "output" }>, input: string): readonly Reason[] {
    const producer = after.byPath.get(leaf.step);
    if (producer?.kind !== "task") return [];
    const reasons = reasonsOf(producer);
    if (reasons.length === 0) return [];
    const what = printSource(leaf, after);
    const certain = reasons.some(({ verdict }) => verdict === "again");
    if (leaf.artifact)
      return [
        certain ? again(`it takes ${what}, which is made anew`) : maybe(`it takes ${what}, which may be made anew`),
      ];
    return [maybe(`its input ${input} is ${what}, which may come out different`)];
  }

  function itemReasons(path: string, input: string): readonly Reason[] {
    const loop = after.byPath.get(path);
    const earlier = before.byPath.get(matching.earlier.get(path) ?? "");
    if (loop?.kind !== "group" || loop.loop === null) return [];
    const items = originOf(after, loop.loop.items);
    const was = earlier?.kind === "group" && earlier.loop !== null ? originOf(before, earlier.loop.items) : undefined;
    if (!sameSource(pair, was, items)) return [maybe("the loop has other items: it runs for those that are new")];
    return leavesOf(items).flatMap((leaf) => leafReasons(leaf, input));
  }

  function defaultReasons(name: string): readonly Reason[] {
    const [was, is] = [before.inputs[name], after.inputs[name]];
    if (canonicalJson(was?.default) === canonicalJson(is?.default)) return [];
    return [again(`the default of ${name} has changed`)];
  }
}

/** What an input is in the end: followed through inner pipelines, or the component's default. */
function inputOf(flow: Flow, task: Task, name: string): Source | undefined {
  const given = task.inputs[name];
  if (given !== undefined) return originOf(flow, given);
  const value = task.definitions.inputs[name]?.default;
  return value === undefined ? undefined : { kind: "constant", value };
}

/** Names and times of the job are others in the next one. */
const ofTheRun = /\{\{\$\.pipeline_(job_(uuid|name|resource_name|create_time_utc|schedule_time_utc)|task_uuid)\}\}/;

function isOfTheRun(value: unknown): boolean {
  return ofTheRun.test(JSON.stringify(value) ?? "");
}

function again(text: string): Reason {
  return { verdict: "again", text };
}

function maybe(text: string): Reason {
  return { verdict: "maybe", text };
}
