import colours from "picocolors";
import { wrapped } from "../view/wrap.ts";
import type { Problem, ProblemGroup } from "./check-spec.ts";
import { placeOf } from "./place.ts";

const titles: Readonly<Record<ProblemGroup, string>> = {
  schema: "Form of the document",
  reference: "Names that stand for nothing",
  expression: "Expressions",
  limit: "What Vertex would refuse or ignore",
};

/** All problems under their group, each with the step that it is of, its line and its JSON pointer. */
export function problemsText(source: string, problems: readonly Problem[], columns: number): string {
  const lines: string[] = [];
  for (const [group, title] of Object.entries(titles)) {
    const own = problems.filter((problem) => problem.group === group);
    if (own.length === 0) continue;
    lines.push("", colours.bold(title) + colours.dim(`  ${own.length}`));
    for (const problem of own) lines.push("", ...problemLines(source, problem, columns));
  }
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return `${lines.slice(1).join("\n")}\n\n${colours.red("✗")} ${source}: ${count}\n`;
}

function problemLines(source: string, problem: Problem, columns: number): readonly string[] {
  const at = problem.line === null ? "" : `${colours.cyan(source)}:${colours.yellow(String(problem.line))}  `;
  const code = problem.group === "limit" ? colours.dim(`  ${problem.code}`) : "";
  return [
    `  ${colours.red("✗")} ${at}${placeOf(problem.document, problem.path)}${code}`,
    ...wrapped(problem.message, columns, "    "),
    `    ${colours.dim(problem.path)}`,
  ];
}
