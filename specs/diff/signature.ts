import { printExpression, type Source, type Step, type Task } from "../graph/flow/index.ts";
import { cachedBy } from "../ir/cache-key.ts";
import { canonicalJson } from "../ir/canonical-json.ts";

/** What a task runs, whatever it is called and wherever its inputs come from. */
export function componentOf({ component, executor, runs }: Task): string {
  const { importer } = executor;
  return canonicalJson({
    runs,
    ...cachedBy(component, executor),
    importer: importer === undefined ? null : { typeSchema: importer.typeSchema, artifactUri: importer.artifactUri },
  });
}

/** Everything of a step that does not depend on the names of others. */
export function contentOf(step: Step): string {
  const { retryPolicy, cachingOptions } = step.spec;
  const common = { condition: conditionOf(step), retryPolicy, cachingOptions, inputs: constants(step) };
  if (step.kind === "task") return canonicalJson({ ...common, component: componentOf(step), container: step.executor });
  const { role, loop, steps } = step;
  const items = loop?.items.kind === "constant" ? loop.items.value : null;
  return canonicalJson({ ...common, role, items, parallelism: loop?.parallelism, steps: steps.map(contentOf).sort() });
}

function conditionOf({ condition }: Step): string | null {
  if (condition === null) return null;
  return `${condition.keyword} ${condition.expression === null ? "" : printExpression(condition.expression, () => "·")}`;
}

function constants(step: Step): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(step.inputs).map(([name, source]) => [
      name,
      source.kind === "constant" ? source.value : source.kind,
    ]),
  );
}

/** How alike two steps are, from 0 to 1. Different kinds are not alike at all. */
export function likeness(one: Step, other: Step): number {
  if (one.kind !== other.kind) return 0;
  if (one.kind === "task" && other.kind === "task") {
    const [a, b] = [cachedBy(one.component, one.executor), cachedBy(other.component, other.executor)];
    // Another program is another task, however alike the rest is.
    if (one.runs !== other.runs || canonicalJson([a.command, a.args]) !== canonicalJson([b.command, b.args])) return 0;
    return mean([
      a.image === b.image ? 1 : 0,
      overlap(Object.keys(one.definitions.inputs), Object.keys(other.definitions.inputs)),
      overlap(Object.keys(one.definitions.outputs), Object.keys(other.definitions.outputs)),
      overlap(texts(constants(one)), texts(constants(other))),
    ]);
  }
  if (one.kind === "group" && other.kind === "group") {
    if (one.role !== other.role) return 0;
    return mean([
      conditionOf(one) === conditionOf(other) ? 1 : 0,
      canonicalJson(one.loop) === canonicalJson(other.loop) ? 1 : 0,
      overlap(
        one.steps.map(({ title }) => title),
        other.steps.map(({ title }) => title),
      ),
      overlap(Object.keys(one.definitions.inputs), Object.keys(other.definitions.inputs)),
    ]);
  }
  return 0;
}

function texts(record: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(record).map((entry) => canonicalJson(entry));
}

/** Of two sets; two empty ones are equal. */
function overlap(one: readonly string[], other: readonly string[]): number {
  const all = new Set([...one, ...other]);
  if (all.size === 0) return 1;
  const others = new Set(other);
  return one.filter((item) => others.has(item)).length / all.size;
}

function mean(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}

/** A source as text that is equal when it is the same, once paths are those of one spec. */
export function sourceKey(source: Source, pathOf: (path: string) => string): string {
  return canonicalJson(keyed(source));

  function keyed(of: Source): unknown {
    switch (of.kind) {
      case "input":
        return { ...of, pipeline: pathOf(of.pipeline) };
      case "output":
      case "status":
        return { ...of, step: pathOf(of.step) };
      case "item":
        return { ...of, loop: pathOf(of.loop) };
      case "collected":
        return { kind: of.kind, loop: pathOf(of.loop), of: keyed(of.of) };
      case "field":
      case "selected":
        return { ...of, of: keyed(of.of) };
      case "one-of":
        return { kind: of.kind, of: of.of.map(keyed) };
      case "template":
        return { kind: of.kind, value: withoutNames(of.value, of.names), names: Object.values(of.names).map(keyed) };
      default:
        return of;
    }
  }
}

/** The compilers name a placeholder after the task that gives it: its place among them says as much. */
function withoutNames(value: unknown, names: Readonly<Record<string, Source>>): unknown {
  let text = JSON.stringify(value);
  for (const [index, name] of Object.keys(names).entries()) text = text.replaceAll(name, `#${index}`);
  return text;
}
