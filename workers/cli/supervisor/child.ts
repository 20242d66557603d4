import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup } from "./process-group.ts";

const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 30_000;
/** A child that ran this long starts its back-off anew. */
const steadyMilliseconds = 60_000;
const graceMilliseconds = 40_000;

export type Announcement = Readonly<Record<string, unknown>>;

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** File that its standard error, and its output but for the ready line, go to. */
  readonly log: string;
  /**
   * Resolves when the child serves. It is given what the child announces (a line of JSON with `event: "ready"`), and
   * a signal that says that the child is gone.
   */
  readonly ready: (announced: Promise<Announcement>, gone: AbortSignal) => Promise<void>;
  /** Told of each process group as it comes and goes, so that none outlives us. */
  readonly onGroup: (change: "+" | "-", group: number) => void;
  readonly onRestart: (name: string, reason: string) => void;
}

/** A child did not come up. */
export class ChildFailed extends Error {
  override readonly name = "ChildFailed";
  readonly code = "CHILD_FAILED";
}

/** A program that is kept running: restarted with back-off when it ends by itself, ended whole with `stop`. */
export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #stopping = false;
  #exited: Promise<string> | undefined;
  #supervision: Promise<void> | undefined;
  readonly #stopped = new AbortController();

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  /** Starts it and waits until it serves. Throws {@link ChildFailed} with the end of its log. */
  async start(): Promise<void> {
    const { exited } = await this.#launch();
    this.#supervision = this.#supervise(exited);
  }

  /** Ends it with everything that it started. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stopped.abort();
    const group = this.#process?.pid;
    if (group !== undefined && signalGroup(group, "SIGTERM")) {
      // What is left of its group once it has gone is killed; so is all of it after the grace.
      const grace = setTimeout(() => signalGroup(group, "SIGKILL"), graceMilliseconds);
      await this.#exited;
      clearTimeout(grace);
    }
    await this.#supervision;
  }

  async #launch(): Promise<{ exited: Promise<string> }> {
    const { name, command, args, cwd, env, log, ready, onGroup } = this.#options;
    await mkdir(dirname(log), { recursive: true });
    const file = openSync(log, "a");
    // Its own group: a Ctrl-C in the terminal is ours to hand on, and its children end with it.
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", file] });
    this.#process = child;
    const group = child.pid;
    if (group !== undefined) onGroup("+", group);
    const gone = new AbortController();
    const exited = new Promise<string>((done) => {
      child.once("error", (error) => done(error.message));
      child.once("exit", (code, signal) => done(signal ? `ended by ${signal}` : `exit status ${code}`));
    }).then((reason) => {
      gone.abort();
      // What it left behind in its group must not hold the ports of its successor.
      if (group !== undefined) {
        signalGroup(group, "SIGKILL");
        onGroup("-", group);
      }
      return reason;
    });
    this.#exited = exited;
    const { stdout } = child;
    const announced = new Promise<Announcement>((done) => {
      if (!stdout) return;
      const output = createInterface({ input: stdout });
      output.on("line", (line) => {
        writeSync(file, `${line}\n`);
        const announcement = parseAnnouncement(line);
        if (announcement) done(announcement);
      });
      output.on("close", () => closeSync(file));
    });
    const failed = exited.then(async (reason) => {
      throw new ChildFailed(`${name} did not start: ${reason}. The end of ${log}:\n${await endOf(log)}`);
    });
    await Promise.race([ready(announced, gone.signal), failed]);
    return { exited };
  }

  async #supervise(first: Promise<string>): Promise<void> {
    let exited = first;
    let pause = firstPauseMilliseconds;
    let startedAt = Date.now();
    for (;;) {
      const reason = await exited;
      if (this.#stopping) return;
      if (Date.now() - startedAt > steadyMilliseconds) pause = firstPauseMilliseconds;
      this.#options.onRestart(this.#options.name, reason);
      await sleep(pause, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      if (this.#stopping) return;
      pause = Math.min(pause * 2, longestPauseMilliseconds);
      startedAt = Date.now();
      const next = await this.#launch().catch((error: unknown) => ({ exited: Promise.resolve(messageOf(error)) }));
      exited = next.exited;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function endOf(log: string): Promise<string> {
  const text = await readFile(log, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-15).join("\n");
}

function parseAnnouncement(line: string): Announcement | undefined {
  if (!line.startsWith('{"event":"ready"')) return undefined;
  return JSON.parse(line) as Announcement;
}
