import { suggestion } from "../../pipelines/schema/problems.ts";
import { type Problem, UserError } from "../errors.ts";
import type { Phase } from "./engine/phase.ts";
import type { Plan } from "./plan.ts";
import { outsideOfWindow, type Scattered, scatter } from "./scatter.ts";

type Column = { readonly name: string; readonly type: string };

export type Checked = { readonly columns: readonly Column[] };

/** Holds what all chunks had against the budget of bad rows and the columns of the champion's data. */
export const check: Phase = {
  name: "check",
  title: "checking what the sources had",
  pieces: () => 1,
  async run(work): Promise<Checked> {
    const chunks = await work.outcomes<Scattered>(scatter);
    const columns = columnsOf(chunks);
    const problems = [...budgetProblems(work.plan, chunks), ...driftProblems(work.plan, columns)];
    if (problems.length > 0) throw new UserError("InvalidData", "the data is not as the recipe says", problems);
    return { columns };
  },
};

/** A column that chunks read differently has all of its types. */
function columnsOf(chunks: readonly Scattered[]): Column[] {
  const types = new Map<string, Set<string>>();
  for (const { name, type } of chunks.flatMap(({ columns }) => columns)) {
    types.set(name, (types.get(name) ?? new Set()).add(type));
  }
  return [...types]
    .map(([name, found]) => ({ name, type: [...found].sort().join(" | ") }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function budgetProblems({ recipe: { schema } }: Plan, chunks: readonly Scattered[]): Problem[] {
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  const reasons = new Map<string, number>();
  for (const [reason, count] of chunks.flatMap(({ bad }) => Object.entries(bad))) {
    if (reason !== outsideOfWindow) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  }
  const bad = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  if (bad <= schema.maximumBadRows * rows) return [];
  const list = [...reasons]
    .sort(([, left], [, right]) => right - left)
    .map(([reason, count]) => `${reason} (${count})`);
  return [
    {
      path: "schema.maximumBadRows",
      message: `allows ${schema.maximumBadRows} of the rows to be bad, and ${bad} of ${rows} are: ${list.join(", ")}`,
    },
  ];
}

/** Used columns whose type has changed, or which are new in name only. */
function driftProblems({ held, recipe }: Plan, columns: readonly Column[]): Problem[] {
  if (held === null || recipe.schema.drift === "report") return [];
  const names = columns.map(({ name }) => name);
  return held.flatMap(({ name, type }): Problem[] => {
    const now = columns.find((column) => column.name === name);
    if (now?.type === type) return [];
    const message =
      now === undefined
        ? `was in the champion's data and is gone${suggestion(name, names)}`
        : `was ${type} in the champion's data and is ${now.type} now`;
    return [{ path: `schema: column ${name}`, message: `${message}; if that is meant, set schema.drift: report` }];
  });
}
