import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { readTail } from "./tail.ts";

/**
 * A process that outlives the server. All that is known of it lies in its folder, so that the next server can adopt it:
 * `pid` and `exit` (its status, written by a small shell around it), `stdout.log` and `stderr.log`.
 */
export interface ManagedProcess {
  readonly directory: string;
  /** Of its process group; undefined once it has ended. */
  readonly group: number | undefined;
  /** The exit status, 128 + signal when a signal ended it; null when it vanished without leaving one. */
  readonly exited: Promise<number | null>;
  /** It only waits for a container, in which the work is done. */
  readonly isClient: boolean;
  /** Asks the whole process group to end, and kills it when the grace is over. Resolves when it has ended. */
  stop(graceMilliseconds: number): Promise<void>;
  /** Its last lines on standard error, or on standard output where that is empty. */
  lastLines(count?: number): string;
}

export interface ProcessSpec {
  /** Made if it isn't there; one a process, never used again. */
  readonly directory: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Begins the command line, before the shell that writes the status; it must become the process that it starts. */
  readonly enter?: readonly string[];
  /** Ends what a signal to the group doesn't reach, when it has to be killed. */
  readonly kill?: readonly string[];
}

// $0 is the folder, $1 the working directory: what is entered may begin in another. The trap lets the shell outlive a
// SIGTERM to its group, so that the status gets written.
const wrapper = `echo $$ > "$0/pid"; cd "$1"; shift; unset OLDPWD; trap : TERM INT HUP; temporary=$TMPDIR; "$@"; status=$?; echo $status > "$0/exit"
rm -rf "$temporary" & exit $status`;

const adoptedPollMilliseconds = 100;

export function startProcess(spec: ProcessSpec): ManagedProcess {
  const { directory, argv, environment, workingDirectory, enter = [], kill } = spec;
  mkdirSync(directory, { recursive: true });
  mkdirSync(workingDirectory, { recursive: true });
  if (kill !== undefined) writeFileSync(join(directory, "kill.json"), JSON.stringify(kill));
  const output = openSync(join(directory, "stdout.log"), "a");
  const error = openSync(join(directory, "stderr.log"), "a");
  let child: ChildProcess;
  try {
    const [program = "", ...args] = [...enter, "/bin/sh", "-c", wrapper, directory, workingDirectory, ...argv];
    child = spawn(program, args, {
      cwd: workingDirectory,
      // A short path: sockets are made in it, whose paths may not be long.
      env: { TMPDIR: mkdtempSync(join(tmpdir(), "task-")), ...environment },
      stdio: ["ignore", output, error],
      // Its own process group, so that a cancel reaches the whole tree, and Ctrl-C at the server's terminal doesn't.
      detached: true,
    });
  } finally {
    closeSync(output);
    closeSync(error);
  }
  child.unref();
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => resolve(readStatus(directory)));
  });
  return managedProcess(directory, child.pid, exited);
}

export type Found =
  | { readonly kind: "running"; readonly process: ManagedProcess }
  | { readonly kind: "exited"; readonly process: ManagedProcess }
  /** It never started, or it ended without a trace (the machine went down, or the server stopped it on leaving). */
  | { readonly kind: "lost" };

/** What became of a process that an earlier server started in this folder. */
export async function findProcess(directory: string): Promise<Found> {
  if (existsSync(join(directory, "interrupted"))) return { kind: "lost" };
  const pid = readNumber(join(directory, "pid"));
  const status = readStatus(directory);
  if (status !== null)
    return { kind: "exited", process: managedProcess(directory, undefined, Promise.resolve(status)) };
  if (pid === undefined || !(await isOurs(pid, directory))) return { kind: "lost" };
  return { kind: "running", process: managedProcess(directory, pid, watchProcess(pid, directory)) };
}

/** Ends a process in such a way that the next server runs it again, rather than taking its end for a result. */
export async function interrupt(process: ManagedProcess, graceMilliseconds: number): Promise<void> {
  writeFileSync(join(process.directory, "interrupted"), "");
  await process.stop(graceMilliseconds);
}

/** Kills a whole group, its shell too, which then leaves no status of its own. */
export function killWithStatus({ directory, group }: ManagedProcess, status: number): void {
  if (group === undefined) return;
  writeFileSync(join(directory, "exit"), `${status}\n`);
  signalGroup(group, "SIGKILL");
}

/** A process of which the group and the end are known. */
export function managedProcess(
  directory: string,
  pid: number | undefined,
  exited: Promise<number | null>,
): ManagedProcess {
  return {
    directory,
    group: pid,
    exited,
    isClient: existsSync(join(directory, "kill.json")),
    async stop(graceMilliseconds) {
      if (pid === undefined) return;
      signalGroup(pid, "SIGTERM");
      const timer = new AbortController();
      const late = await Promise.race([
        exited.then(() => false),
        wait(graceMilliseconds, true, { signal: timer.signal }).catch(() => false),
      ]);
      timer.abort();
      // A client may end before its container does, or before there is one.
      await runKill(directory);
      // Also when the first process has ended: what it left behind in its group goes with it.
      signalGroup(pid, "SIGKILL");
      if (late) await exited;
    },
    lastLines(count = 20) {
      const error = readTail(join(directory, "stderr.log"), count);
      return error === "" ? readTail(join(directory, "stdout.log"), count) : error;
    },
  };
}

async function runKill(directory: string): Promise<void> {
  const file = join(directory, "kill.json");
  if (!existsSync(file)) return;
  const [program = "", ...args] = JSON.parse(readFileSync(file, "utf8")) as string[];
  // It may have ended by itself meanwhile.
  await promisify(execFile)(program, args).catch(() => undefined);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Process ids are reused: it is ours only if its command line names our folder, or its output goes there. */
async function isOurs(pid: number, directory: string): Promise<boolean> {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(directory)) return true;
    return readlinkSync(`/proc/${pid}/fd/2`) === join(directory, "stderr.log");
  } catch {
    if (existsSync("/proc/self")) return false;
  }
  const { stdout } = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return stdout.includes(directory);
}

/** The status of a process that is no child of this one; null when it vanishes without any. */
export async function watchProcess(pid: number, directory: string): Promise<number | null> {
  while (readStatus(directory) === null && (await isOurs(pid, directory))) {
    await wait(adoptedPollMilliseconds, undefined, { ref: false });
  }
  return readStatus(directory);
}

function readStatus(directory: string): number | null {
  return readNumber(join(directory, "exit")) ?? null;
}

function readNumber(file: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  // Without its line end, the file is still being written.
  return text.endsWith("\n") ? Number(text) : undefined;
}
