import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import colours from "picocolors";
import { FunctionError } from "../../../specs/functions/capture/problem.ts";

/** A mistake in an author's module, as a compiler tells it. */
export interface Mistake {
  readonly code: string;
  readonly message: string;
  /** Null where nobody knows. */
  readonly at: { readonly file: string; readonly line: number; readonly column: number } | null;
}

/** What an author's module, or what it builds, threw. */
export class AuthoringError extends Error {
  override readonly name = "AuthoringError";
  readonly code = "AUTHORING";
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[], options?: ErrorOptions) {
    super(mistakes.map(printMistake).join("\n"), options);
    this.mistakes = mistakes;
  }

  /** @param folder Where the author's files are: the first frame of a stack in there is where it happened. */
  static from(error: unknown, isTheirs: (file: string) => boolean): AuthoringError {
    const mistakes = error instanceof FunctionError ? ofFunctions(error) : [mistakeOf(error, isTheirs)];
    return new AuthoringError(mistakes, { cause: error });
  }
}

function ofFunctions({ problems }: FunctionError): readonly Mistake[] {
  return problems.map(({ code, task, message, location }) => ({
    code,
    message: `Task "${task}": ${message}`,
    at: location,
  }));
}

interface Placed {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

function mistakeOf(error: unknown, isTheirs: (file: string) => boolean): Mistake {
  if (!(error instanceof Error)) return { code: "thrown", message: String(error), at: null };
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const { file, line, column = 1 } = "place" in error ? (error.place as Placed) : {};
  if (file !== undefined && line !== undefined) {
    return { code, message: error.message.replace(/\n {2}at .*$/, ""), at: { file, line, column } };
  }
  return { code, message: error.message, at: placeOf(error.stack ?? "", isTheirs) };
}

/** The first place of a stack that is the author's. Syntax errors have theirs above the message, without a column. */
function placeOf(stack: string, isTheirs: (file: string) => boolean): Mistake["at"] {
  for (const [, url = "", line, column] of stack.matchAll(
    /(?:^|\n|\(|at )((?:file:\/\/)?\/[^\s():]+):(\d+)(?::(\d+))?/g,
  )) {
    const file = url.startsWith("file://") ? fileURLToPath(url) : url;
    if (isTheirs(file)) return { file, line: Number(line), column: Number(column ?? 1) };
  }
  return null;
}

function printMistake({ code, message, at }: Mistake): string {
  const sentence = `${colours.red("error")} ${colours.dim(code)} ${message}`;
  if (at === null) return sentence;
  const name = relative(process.cwd(), at.file);
  const place = `${colours.cyan(name.startsWith("../../") ? at.file : name)}:${colours.yellow(String(at.line))}:${colours.yellow(String(at.column))}`;
  return `${place} ${sentence}\n${excerpt(at)}`;
}

const widest = 110;

/** The line itself, with a mark where the mistake begins. */
function excerpt({ file, line, column }: NonNullable<Mistake["at"]>): string {
  const whole = textOf(file).split("\n")[line - 1];
  if (whole === undefined) return "";
  const start = whole.length <= widest ? 0 : Math.max(0, Math.min(column - widest / 2, whole.length - widest));
  const text = `${start > 0 ? "…" : ""}${whole.slice(start + (start > 0 ? 1 : 0), start + widest)}${start + widest < whole.length ? "…" : ""}`;
  const margin = `${line} │ `;
  const length = /^[\w$.]+/.exec(whole.slice(column - 1))?.[0].length ?? 1;
  const mark = `${" ".repeat(margin.length - 2)}│ ${" ".repeat(column - 1 - start)}${"~".repeat(length)}`;
  return `\n  ${colours.dim(margin)}${text}\n  ${colours.red(mark)}\n`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The place alone says where; an author's file may be gone by now.
    return "";
  }
}
