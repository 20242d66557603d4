import colours from "picocolors";
import type { JsonValue } from "../../../specs/nodes/index.ts";
import { AuthoringError } from "../specs/mistake.ts";
import { problemsText } from "../specs/problems-view.ts";
import { duration, type Terminal } from "../view/terminal.ts";
import type { Compiler } from "./compiler.ts";
import { type DevView, failureText } from "./dev-view.ts";
import type { PipelineRunner, RunLook } from "./pipeline-run.ts";
import { rowsOf, type TaskRow, tasksOfSpec } from "./task-rows.ts";
import type { TypeChecker } from "./type-check.ts";

export interface RoundTools {
  /** As it was given: `file.ts#export`. */
  readonly reference: string;
  readonly compiler: Compiler;
  /** Null where the author has no TypeScript. */
  readonly types: TypeChecker | null;
  /** Null where nothing is to be run. It may still be starting. */
  readonly runner: Promise<PipelineRunner> | null;
  readonly parameters: Readonly<Record<string, JsonValue>>;
  readonly view: DevView;
  readonly terminal: Terminal;
  /** Told which of the author's files make up the module. */
  readonly onFiles: (files: readonly string[]) => void;
}

/** Checks, compiles and runs the module as it is now; whether it passed. Throws the signal's reason. */
export async function round(tools: RoundTools, signal: AbortSignal): Promise<boolean> {
  const { view, terminal, reference } = tools;
  const begin = performance.now();
  view.working("checking");
  const [mistakes, compilation] = await Promise.all([
    tools.types?.check(signal) ?? null,
    tools.compiler.compile(signal).then((done) => {
      tools.onFiles(done.files);
      return done;
    }),
  ]);
  const checked = performance.now();
  const failed = (text: string) => {
    view.settle();
    terminal.write(`${text.trimEnd()}\n\n${verdict(false, checked - begin)}\n`);
    return false;
  };
  const errors = [
    ...(mistakes !== null && mistakes.length > 0 ? [new AuthoringError(mistakes).message] : []),
    // A module that does not type-check may well fail for the same reason.
    ...(compilation.kind === "mistake" ? [compilation.message] : []),
  ];
  if (errors.length > 0) return failed(errors.join("\n"));
  if (compilation.kind === "mistake") return failed(compilation.message);
  const { spec, problems } = compilation;
  if (problems.length > 0) return failed(problemsText(reference, problems, terminal.columns));
  const tasks = tasksOfSpec(spec);
  const typed = mistakes === null ? "compiled" : "checked and compiled";
  const size = tasks.length === 1 ? "1 task" : `${tasks.length} tasks`;
  view.line(
    `  ${colours.green("✓")} ${colours.bold(spec.pipelineInfo?.name ?? "")} ${typed} ${colours.dim(`${size}, ${duration(checked - begin)}`)}`,
  );
  if (tools.runner === null) return true;

  view.working("the local Vertex starts");
  const runner = await tools.runner;
  let last: RunLook | undefined;
  let rows: readonly TaskRow[] = [];
  for await (const look of runner.run(spec, tools.parameters, signal)) {
    last = look;
    rows = rowsOf(tasks, look.tasks, look.end !== null);
    view.tasks(rows);
  }
  view.settle();
  const passed = last?.end === "succeeded";
  const failures = rows.filter(({ state }) => state === "failed");
  for (const row of failures) terminal.write(`\n${failureText(row, terminal.columns)}\n`);
  if (!passed && failures.length === 0 && last?.error) terminal.write(`\n${last.error}\n`);
  terminal.write(`\n${verdict(passed, performance.now() - begin)}\n`);
  return passed;
}

function verdict(passed: boolean, milliseconds: number): string {
  const word = passed ? colours.green(colours.bold("passed")) : colours.red(colours.bold("failed"));
  return `${passed ? colours.green("✓") : colours.red("✗")} ${word} ${colours.dim(`in ${duration(milliseconds)}`)}`;
}
