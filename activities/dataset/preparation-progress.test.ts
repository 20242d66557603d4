import { expect, test } from "vitest";
import { gather } from "./gather.ts";
import { makePlan } from "./make-plan.ts";
import { PreparationProgress } from "./preparation-progress.ts";
import { scatter } from "./scatter.ts";
import { stepsOf } from "./steps.ts";
import { plannedRecipe, source } from "./testing.ts";

const file = (name: string) => ({
  path: `/data/${name}`,
  uri: `gs://data/${name}`,
  revision: "1",
  bytes: 2 ** 20,
  format: "jsonl" as const,
});

test("says what is done, how much of it, and for how long yet", () => {
  const plan = makePlan({ recipe: plannedRecipe(), sources: [source([file("a.jsonl"), file("b.jsonl")])] });
  const said: string[] = [];
  let now = 0;
  const progress = new PreparationProgress(
    plan,
    stepsOf([]),
    (step) => said.push(step),
    () => now,
  );
  progress.tell(scatter, 0, 2);
  now = 10_000;
  progress.read(1_500);
  progress.tell(scatter, 1, 2);
  now = 20_000;
  progress.tell(scatter, 2, 2);
  progress.tell(gather, 1, 1);
  expect(said).toEqual([
    "reading and checking the rows, 0.0 of 2.0 MiB, 0 of 2 pieces, 0 %",
    "reading and checking the rows, 1,500 rows, 1.0 of 2.0 MiB, 1 of 2 pieces, 22 %, about 35 s left",
    "reading and checking the rows, 1,500 rows, 2.0 of 2.0 MiB, 2 of 2 pieces, 45 %, about 25 s left",
    "deduplicating and splitting the rows, 1,500 rows, 70 %, about 9 s left",
  ]);
});
