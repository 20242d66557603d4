import { type ChildProcess, fork } from "node:child_process";
import colours from "picocolors";
import { program } from "../../config/program.ts";
import { CommandError } from "../user-error.ts";
import type { Compilation } from "./author-process.ts";

/** Compiles a module as often as it is asked to, each time from its files as they are then. */
export class Compiler implements Disposable {
  readonly #reference: string;
  #next: ChildProcess | undefined;

  constructor(reference: string) {
    this.#reference = reference;
    this.warmUp();
  }

  /** Starts the process of the next time. Not before there is time for it: it would slow down this one. */
  warmUp(): void {
    this.#next ??= start();
  }

  /** Throws the signal's reason, or `CommandError` when the author's module ends the process. */
  compile(signal: AbortSignal): Promise<Compilation> {
    const child = this.#next ?? start();
    this.#next = undefined;
    return new Promise((done, fail) => {
      const stop = () => {
        child.kill("SIGKILL");
        fail(signal.reason);
      };
      signal.addEventListener("abort", stop, { once: true });
      child.once("message", (compilation) => {
        signal.removeEventListener("abort", stop);
        done(compilation as Compilation);
      });
      child.once("error", fail);
      child.once("exit", (code, ended) => {
        const how = ended === null ? `exit status ${code}` : String(ended);
        fail(new CommandError("MODULE_ENDED", `${this.#reference} ended the process that compiles it: ${how}.`));
      });
      if (signal.aborted) stop();
      else child.send(this.#reference);
    });
  }

  [Symbol.dispose](): void {
    this.#next?.kill("SIGKILL");
  }
}

function start(): ChildProcess {
  const child = fork(program("workers/cli/dev/author-process"), {
    env: { ...process.env, ...(colours.isColorSupported && { FORCE_COLOR: "1" }) },
    // Warnings of Node's own are no news to an author.
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.on("error", () => undefined);
  return child;
}
