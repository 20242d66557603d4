import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const checkout = resolve(import.meta.dirname, "../..");

export interface Started {
  readonly exit: Promise<number | null>;
  output(): string;
  /** Resolves when the output has this text. */
  says(text: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** The `retemper` command, as a user runs it, on a state of its own. */
export class RetemperCommand implements AsyncDisposable {
  readonly state: string;
  readonly #running = new Set<ChildProcess>();

  static async create(): Promise<RetemperCommand> {
    const command = new RetemperCommand(await mkdtemp(join(tmpdir(), "retemper-start-")));
    await cp(join(checkout, "recipes"), command.recipes, { recursive: true });
    return command;
  }

  private constructor(state: string) {
    this.state = state;
  }

  /** A copy of the checkout's recipes, so that a test may write one. */
  get recipes(): string {
    return join(this.state, "recipes");
  }

  run(...args: string[]): Started {
    const child = spawn(process.execPath, [join(checkout, "bin/retemper.mjs"), ...args], {
      cwd: checkout,
      // In CI, colours come even without a terminal.
      env: { ...process.env, NO_COLOR: "1", RETEMPER_STATE: this.state, RETEMPER_RECIPES: this.recipes },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#running.add(child);
    let text = "";
    const listeners = new Set<() => void>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        for (const listener of listeners) listener();
      });
    }
    const exit = new Promise<number | null>((done) => {
      child.once("close", (code) => {
        this.#running.delete(child);
        done(code);
      });
    });
    return {
      exit,
      output: () => text,
      signal: (signal) => void child.kill(signal),
      says: (wanted) =>
        new Promise((done, fail) => {
          const look = () => text.includes(wanted) && done();
          listeners.add(look);
          look();
          void exit.then((code) => fail(new Error(`ended with ${code} before it said "${wanted}":\n${text}`)));
        }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) child.kill("SIGTERM");
    await Promise.all([...this.#running].map((child) => new Promise((done) => child.once("exit", done))));
    await rm(this.state, { recursive: true, force: true });
  }
}
