import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type ManagedProcess, managedProcess, watchProcess } from "../process.ts";

/** A component that a warm Python can start: the environment of all that it starts, and what is this one's own. */
export interface WarmStart {
  readonly shared: Readonly<Record<string, string>>;
  readonly own: Readonly<Record<string, string>>;
  /** Of the SDK's executor. */
  readonly arguments: readonly string[];
  /** Begins the command line of the Python. */
  readonly enter: readonly string[];
}

interface Running {
  readonly started: PromiseWithResolvers<number>;
  readonly ended: PromiseWithResolvers<void>;
}

interface Warm {
  readonly child: ChildProcess;
  readonly running: Map<string, Running>;
  idle: NodeJS.Timeout | undefined;
}

const idleMilliseconds = 60_000;

/** What an interpreter only heeds when it starts. */
const early = /^(?:PYTHON(?!PATH$)|LD_|MALLOC_)/;

/**
 * Pythons with the SDK loaded, one for each environment that is in use, which fork for each component: loading it anew
 * takes many times longer than most components. They end when nothing was started for a minute, and with the server.
 */
export class WarmPythons {
  readonly #warm = new Map<string, Warm>();

  /** Whether a component can be started so. Its process is told apart by what Linux tells of it. */
  static can({ own }: WarmStart): boolean {
    return process.platform === "linux" && !Object.keys(own).some((name) => early.test(name));
  }

  /** Rejects when there is no such Python, or it has no SDK; then the component has not begun. */
  async start(start: WarmStart, directory: string, workingDirectory: string): Promise<ManagedProcess> {
    mkdirSync(workingDirectory, { recursive: true });
    const warm = this.#get(start);
    const running: Running = { started: Promise.withResolvers(), ended: Promise.withResolvers() };
    running.ended.promise.catch(() => undefined);
    warm.running.set(directory, running);
    const temporary = mkdtempSync(join(tmpdir(), "task-"));
    const environment = { TMPDIR: temporary, ...start.shared, ...start.own };
    const request = { directory, workingDirectory, environment, arguments: start.arguments };
    warm.child.stdin?.write(`${JSON.stringify(request)}\n`);
    const pid = await running.started.promise;
    return managedProcess(
      directory,
      pid,
      // Should the Python itself be killed, its components go on.
      running.ended.promise
        .catch(() => undefined)
        .then(() => watchProcess(pid, directory))
        .finally(() => rm(temporary, { recursive: true, force: true })),
    );
  }

  #get({ shared, enter }: WarmStart): Warm {
    const key = JSON.stringify(shared);
    const known = this.#warm.get(key);
    if (known !== undefined) {
      clearTimeout(known.idle);
      known.idle = undefined;
      return known;
    }
    const python = ["/bin/sh", "-c", 'exec python3 "$0"', join(import.meta.dirname, "warm.py")];
    const [program = "", ...args] = [...enter, ...python];
    const child = spawn(program, args, {
      cwd: "/",
      env: shared,
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    const warm: Warm = { child, running: new Map(), idle: undefined };
    this.#warm.set(key, warm);
    const gone = () => {
      if (this.#warm.get(key) === warm) this.#warm.delete(key);
      clearTimeout(warm.idle);
      for (const { started, ended } of warm.running.values()) {
        const error = new Error("the warm Python has ended");
        started.reject(error);
        ended.reject(error);
      }
      warm.running.clear();
    };
    child.once("error", gone);
    child.once("exit", gone);
    child.stdin.on("error", () => undefined);
    createInterface(child.stdout).on("line", (line) => {
      const told = JSON.parse(line) as { started?: string; ended?: string; pid?: number };
      if (told.started !== undefined && told.pid !== undefined)
        warm.running.get(told.started)?.started.resolve(told.pid);
      if (told.ended === undefined) return;
      warm.running.get(told.ended)?.ended.resolve();
      warm.running.delete(told.ended);
      if (warm.running.size > 0) return;
      warm.idle = setTimeout(() => {
        this.#warm.delete(key);
        child.stdin.end();
      }, idleMilliseconds).unref();
    });
    // None of this keeps the server alive.
    child.unref();
    for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref?(): void }).unref?.();
    return warm;
  }
}
