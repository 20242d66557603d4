import fc from "fast-check";
import { expect, test } from "vitest";
import { Artifact, compile, container, optional, pipeline, string } from "../index.ts";
import { cacheKeyText } from "../ir/cache-key.ts";
import type { PipelineSpec } from "../ir/types.ts";
import { diffSpecs } from "./index.ts";

/** A task of a random pipeline; it takes from tasks before it, or from the pipeline, or a constant. */
interface Draft {
  readonly image: number;
  readonly text: number | "input" | { readonly from: number };
  readonly artifact: { readonly from: number } | null;
  readonly cache: boolean;
  readonly cpu: number;
}

const drafts = fc.array(
  fc.record<Draft>({
    image: fc.nat(2),
    text: fc.oneof(fc.nat(3), fc.constant("input" as const), fc.record({ from: fc.nat(20) })),
    artifact: fc.option(fc.record({ from: fc.nat(20) })),
    cache: fc.integer({ max: 9, min: 0 }).map((chance) => chance > 0),
    cpu: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** One field of one task, or one task more or less. */
const edits = fc.record({
  at: fc.nat(20),
  image: fc.option(fc.nat(2)),
  text: fc.option(fc.nat(3)),
  cache: fc.option(fc.boolean()),
  cpu: fc.option(fc.integer({ min: 1, max: 4 })),
  drop: fc.boolean(),
});

function build(tasks: readonly Draft[], fallback: string): PipelineSpec {
  const whole = pipeline(
    "random",
    { inputs: { text: string({ default: fallback }) }, unusedInputs: "allow" },
    ({ text }) => {
      const made: {
        text: ReturnType<ReturnType<typeof component>>["text"];
        artifact: ReturnType<ReturnType<typeof component>>["artifact"];
      }[] = [];
      for (const [index, draft] of tasks.entries()) {
        const pick = ({ from }: { readonly from: number }) => made[from % Math.max(1, made.length)];
        const given =
          typeof draft.text === "object"
            ? (pick(draft.text)?.text ?? "none")
            : draft.text === "input"
              ? text
              : `text ${draft.text}`;
        const artifact = draft.artifact === null ? undefined : pick(draft.artifact)?.artifact;
        const work = component(draft.image);
        const task = artifact === undefined ? work({ text: given }) : work({ text: given, artifact });
        made.push(task.named(`task${index}`).cache(draft.cache).cpu(String(draft.cpu)));
      }
    },
  );
  return compile(whole).spec;
}

function component(image: number) {
  return container("work", {
    image: `image:${image}`,
    inputs: { text: string(), artifact: optional(Artifact) },
    outputs: { text: string(), artifact: Artifact },
    args: ({ inputs, outputs }) => [inputs.text, outputs.text.path, outputs.artifact.path],
  });
}

/** Runs a pipeline as Vertex would, by the cache's key alone. @returns The tasks that really ran. */
function simulate(spec: PipelineSpec, cache: Map<string, Made>, textOf: (key: string) => string): ReadonlySet<string> {
  const made = new Map<string, Made>();
  const ran = new Set<string>();
  const tasks = spec.root?.dag?.tasks ?? {};
  const waiting = new Set(Object.keys(tasks));
  while (waiting.size > 0) {
    for (const name of waiting) {
      const task = tasks[name] ?? {};
      if ((task.dependentTasks ?? []).some((other) => waiting.has(other))) continue;
      waiting.delete(name);
      const component = spec.components?.[task.componentRef?.name ?? ""] ?? {};
      const executor = spec.deploymentSpec?.executors?.[component.executorLabel ?? ""] ?? {};
      const parameters = Object.entries(task.inputs?.parameters ?? {}).map(([input, source]) => {
        if (source.taskOutputParameter) return [input, made.get(source.taskOutputParameter.producerTask ?? "")?.text];
        if (source.componentInputParameter)
          return [input, spec.root?.inputDefinitions?.parameters?.["text"]?.defaultValue];
        return [input, source.runtimeValue?.constant];
      });
      const artifacts = Object.entries(task.inputs?.artifacts ?? {}).map(([input, source]) => [
        input,
        [made.get(source.taskOutputArtifact?.producerTask ?? "")?.artifact],
      ]);
      const key = cacheKeyText({
        component,
        executor,
        parameters: Object.fromEntries(parameters) as Record<string, unknown>,
        artifacts: Object.fromEntries(artifacts) as Record<string, string[]>,
      });
      const found = task.cachingOptions?.enableCache ? cache.get(key) : undefined;
      const result = found ?? { text: textOf(key), artifact: `artifact ${nextId++}` };
      made.set(name, result);
      if (found !== undefined) continue;
      ran.add(name);
      if (task.cachingOptions?.enableCache) cache.set(key, result);
    }
  }
  return ran;
}

interface Made {
  readonly text: string;
  readonly artifact: string;
}

let nextId = 0;

test("`again` runs and `cached` does not, in a simulation that knows only the cache's key", () => {
  const verdicts = { again: 0, maybe: 0, cached: 0 };
  let foundAllTheSame = 0;
  fc.assert(
    fc.property(drafts, edits, fc.boolean(), fc.constantFrom("same", "other"), (tasks, edit, sameText, fallback) => {
      const at = edit.at % tasks.length;
      const changed = tasks.flatMap((task, index): readonly Draft[] => {
        if (index !== at) return [task];
        if (edit.drop && tasks.length > 1) return [];
        const { image, text, cache, cpu } = edit;
        return [
          {
            ...task,
            image: image ?? task.image,
            text: text ?? task.text,
            cache: cache ?? task.cache,
            cpu: cpu ?? task.cpu,
          },
        ];
      });
      const [before, after] = [build(tasks, "same"), build(changed, fallback)];
      const cache = new Map<string, Made>();
      // Programs that always write the same, and programs whose output follows from what goes in.
      const textOf = (key: string) => (sameText ? "always" : key);
      simulate(before, cache, textOf);
      const ran = simulate(after, cache, textOf);
      for (const { path, verdict } of diffSpecs({ spec: before }, { spec: after }).reruns) {
        verdicts[verdict] += 1;
        if (verdict === "cached") expect(ran.has(path), `${path} is found`).toBe(false);
        if (verdict === "again" && !ran.has(path)) foundAllTheSame += 1;
      }
    }),
    { numRuns: 300, seed: 7 },
  );
  // Another task may have left the very result that a changed one looks for.
  expect(foundAllTheSame).toBeLessThan(verdicts.again / 5);
  expect(Object.values(verdicts).every((count) => count > 50)).toBe(true);
});
