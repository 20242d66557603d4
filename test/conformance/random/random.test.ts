import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Judge, kfpIsThere } from "../judge.ts";
import { actual, differences, expected } from "./compare.ts";
import { type Feature, features, featuresOf } from "./features.ts";
import { minimize } from "./minimize.ts";
import type { Program } from "./model.ts";
import { identifier, toPython } from "./python.ts";
import { canBeCompiled } from "./python-mistakes.ts";
import { program } from "./sketch.ts";
import { compileProgram } from "./typescript.ts";

/**
 * Random pipelines, written in both languages: the real Python SDK compiles the same spec. `RETEMPER_SEED` and
 * `RETEMPER_PIPELINES` draw others, and more of them.
 */

const seed = Number(process.env["RETEMPER_SEED"] ?? 1);
const count = Number(process.env["RETEMPER_PIPELINES"] ?? 600);

const judge = kfpIsThere ? new Judge() : null;
afterAll(() => judge?.[Symbol.asyncDispose]());

test.skipIf(judge === null)(
  "random pipelines compile to the same specs in both languages",
  async () => {
    const programs = fc.sample(program.filter(canBeCompiled), { seed, numRuns: count });
    const found = new Map<Feature, number>(features.map((feature) => [feature, 0]));
    for (const [index, each] of programs.entries()) {
      for (const feature of featuresOf(each)) found.set(feature, (found.get(feature) ?? 0) + 1);
      const differs = await difference(each);
      if (differs !== null) throw await explained(each, differs, index);
    }
    console.log(table(found));
    const missing = [...found].filter(([, times]) => times === 0).map(([feature]) => feature);
    expect(missing).toEqual([]);
    expect(programs.length).toBeGreaterThanOrEqual(500);
  },
  1_200_000,
);

/** What differs between the two languages, and of what sort it is. */
interface Difference {
  readonly sort: "spec" | "refused here" | "refused there";
  readonly said: readonly string[];
}

async function difference(each: Program): Promise<Difference | null> {
  const names = each.pipelines.map(({ name }) => name);
  const answer = await judge?.compile(toPython(each), names.map(identifier));
  if (answer === undefined) return null;
  const ours = compiled(each);
  const refused = ours instanceof Error;
  // What is wrong in both, as a smaller program can be, is no difference.
  if ("error" in answer) return refused ? null : { sort: "refused there", said: [answer.error] };
  if (refused) return { sort: "refused here", said: [ours.message] };
  const said = differences(actual(ours), expected(names.at(-1) ?? "", answer.specs));
  return said.length === 0 ? null : { sort: "spec", said };
}

function compiled(each: Program): string | Error {
  try {
    return compileProgram(each).json;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The smallest program that differs in the same sort, and where. */
async function explained(each: Program, { sort, said }: Difference, index: number): Promise<Error> {
  const smallest = await minimize(each, async (smaller) => {
    return canBeCompiled(smaller) && (await difference(smaller))?.sort === sort;
  });
  const wrong = (await difference(smallest))?.said ?? said;
  return new Error(
    [
      `Pipeline ${index} of seed ${seed} differs (${sort}). The smallest one that does:`,
      toPython(smallest),
      "What differs:",
      ...wrong,
    ].join("\n\n"),
  );
}

function table(found: ReadonlyMap<Feature, number>): string {
  const rows = [...found].map(([feature, times]) => `  ${String(times).padStart(5)}  ${feature}`);
  return [`${count} random pipelines of seed ${seed}, equal in both languages. Of them, with`, ...rows].join("\n");
}
