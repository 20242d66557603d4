import fc from "fast-check";
import { Choices, type Decisions, decisions } from "./choices.ts";
import { drawComponent } from "./draw-components.ts";
import { drawPipeline } from "./draw-pipeline.ts";
import type { Component, Pipeline, Program } from "./model.ts";

/** A step's kind and steps, and what decides all the rest: what is left out of it leaves a smaller pipeline. */
export interface StepSketch {
  readonly kind: "task" | "importer" | "branches" | "loop" | "exit-handler";
  readonly decisions: Decisions;
  readonly bodies: readonly (readonly StepSketch[])[];
}

const { step } = fc.letrec<{ step: StepSketch; body: readonly StepSketch[] }>((tie) => ({
  body: fc.array(tie("step"), { minLength: 1, maxLength: 3, depthIdentifier: "steps" }),
  step: fc.oneof(
    { depthIdentifier: "steps", depthSize: "medium", withCrossShrink: true },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom("task" as const, "task" as const, "task" as const, "importer" as const),
        decisions: decisions(60),
        bodies: fc.constant([]),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom("branches" as const, "loop" as const, "exit-handler" as const),
        decisions: decisions(40),
        bodies: fc.array(tie("body"), { minLength: 1, maxLength: 3, depthIdentifier: "steps" }),
      }),
    },
  ),
}));

const pipelineSketch = (most: number) =>
  fc.record({ decisions: decisions(40), steps: fc.array(step, { minLength: 1, maxLength: most, size: "max" }) });

/** A random program. */
export const program: fc.Arbitrary<Program> = fc
  .record({
    components: fc.array(decisions(100), { minLength: 1, maxLength: 4, size: "max" }),
    inner: fc.array(pipelineSketch(3), { maxLength: 2, size: "max" }),
    outer: pipelineSketch(6),
  })
  .map(({ components, inner, outer }) => {
    const drawn: readonly Component[] = components.map((each, index) =>
      drawComponent(`component-${index}`, new Choices(each), index === 0),
    );
    const pipelines: Pipeline[] = [];
    for (const [index, each] of [...inner, outer].entries()) {
      const name = index === inner.length ? "outer" : `inner-${index}`;
      pipelines.push(drawPipeline(name, each, [...drawn, ...pipelines]));
    }
    return { components: drawn, pipelines };
  });
