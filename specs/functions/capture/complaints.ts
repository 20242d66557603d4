import type { Variable } from "@typescript-eslint/scope-manager";
import { commonJsNames, nodeGlobals } from "./globals.ts";
import type { FunctionProblem } from "./problem.ts";
import type { Oddity, Reference } from "./references.ts";
import { locate, type SourceModule } from "./source-module.ts";
import { packageOf } from "./target.ts";

/** Where something is written. */
export interface Place {
  readonly module: Pick<SourceModule, "file" | "text">;
  /** Offset in its text. */
  readonly start: number;
}

/** The name that led to some code, where the function itself has it. */
export interface Cause extends Place {
  readonly name: string;
}

/** Everything that keeps a function from going along, in words. */
export class Complaints {
  readonly #task: string;
  readonly #problems: FunctionProblem[] = [];

  constructor(task: string) {
    this.#task = task;
  }

  /** In the order of the text, with the author's own module first. */
  sorted(entry: string): readonly FunctionProblem[] {
    const key = ({ location }: FunctionProblem) => {
      const { file = "", line = 0, column = 0 } = location ?? {};
      return `${file === entry ? "" : file}\n${String(line).padStart(9)}${String(column).padStart(9)}`;
    };
    return [...this.#problems].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  unknown({ name, probed, start }: Reference, module: SourceModule): void {
    if (probed || nodeGlobals.has(name)) return;
    const message = commonJsNames.has(name)
      ? "is there only in CommonJS modules, and the program is an ES module."
      : "is declared nowhere in this module, and Node has no such global: declare it, or import it.";
    this.#add(name, message, { module, start });
  }

  closure({ name, start }: Reference, { defs: [declared] }: Variable, module: SourceModule): void {
    const where = declared === undefined ? "" : ` (line ${locate(module, declared.name.range[0]).line})`;
    const message = `is a variable of the function or block around this one${where}, which is gone when the task runs: make it an input of the component, or declare it at the top of the module.`;
    this.#add(name, message, { module, start });
  }

  /** @param used the name of the language, where it is used */
  language(cause: Cause, used: Cause): void {
    if (cause.module === used.module && cause.start === used.start) {
      const message = "belongs to the language that pipelines are written in, which is not there when the task runs.";
      this.#add(cause.name, message, cause);
      return;
    }
    const { file, line } = locate(used.module, used.start);
    const message = `is known only while pipelines are written: it uses \`${used.name}\` of the language (${file}:${line}). Give the task what it needs of it as an input.`;
    this.#add(cause.name, message, cause);
  }

  missingModule(specifier: string, place: Place): void {
    const message =
      packageOf(specifier) === null
        ? "is not found."
        : "is neither installed here nor among the packages of the task: install it, or list it under `packages` with its version.";
    this.#add(specifier, message, place);
  }

  missingExport(specifier: string, name: string, place: Place): void {
    this.#add(name, `is not exported by \`${specifier}\`.`, place);
  }

  refused(name: string, reason: string, place: Place): void {
    this.#add(name, `${reason}.`, place);
  }

  odd({ kind, start }: Oddity, module: SourceModule): void {
    this.#add(kind, oddities[kind], { module, start });
  }

  notTypeScript(reason: string, place: Place): void {
    this.#add(place.module.file, `is not TypeScript that can be read: ${reason}.`, place, "not-bundled");
  }

  notFound(task: string, place: Place): void {
    const message =
      "is not found in the call that makes it: write the function there, as the last argument of task(…).";
    this.#add(task, message, place, "not-bundled");
  }

  /** A name that is wrong is wrong everywhere: its first place is enough. */
  #add(name: string, message: string, { module, start }: Place, code: FunctionProblem["code"] = "uncaptured"): void {
    const location = locate(module, start);
    if (this.#problems.some((each) => each.name === name && each.location?.file === location.file)) return;
    this.#problems.push({ code, task: this.#task, name, message: `\`${name}\` ${message}`, location });
  }
}

const oddities: Readonly<Record<Oddity["kind"], string>> = {
  this: "has no meaning in the function of a task, which is called by itself.",
  "import.meta":
    "is that of the program in the cloud, where this file and those beside it are not: give the task what it names as an input.",
  "import()": "of a name that is known only when the task runs cannot be bundled: write the name out.",
};
