import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { ManagedProcess } from "./process.ts";

const root = "/sys/fs/cgroup";
const periodMicroseconds = 100_000;
const lingerMilliseconds = 2_000;

/** A cgroup whose CPU time this user may divide among groups in it. */
interface Divisible {
  readonly folder: string;
  /** Of control groups: https://docs.kernel.org/admin-guide/cgroup-v2.html, and the first, cgroup-v1. */
  readonly version: 1 | 2;
}

/**
 * Holds the CPU limits of processes by control groups of Linux, as container engines do. There is no other way to hold
 * one: priorities and processor affinity say who runs where, not how much. So where this user may make no such groups,
 * no limit holds.
 */
export class CpuLimits {
  readonly #place: Divisible | null;

  constructor(place: Divisible | null = findDivisible()) {
    this.#place = place;
    if (place !== null) removeLeftOver(place.folder);
  }

  /** Whether limits hold here. */
  get hold(): boolean {
    return this.#place !== null;
  }

  /** Limits a process just started, and all that it will start, to so many CPUs; 0 sets no limit. Gives what ends that. */
  limit({ group: pid, isClient }: Pick<ManagedProcess, "group" | "isClient">, cpus: number): () => void {
    if (this.#place === null || cpus === 0 || pid === undefined || isClient) return () => undefined;
    const { folder, version } = this.#place;
    const group = mkdtempSync(join(folder, `retemper-${process.pid}-`));
    const quota = Math.max(1_000, Math.round(cpus * periodMicroseconds));
    if (version === 2) writeFileSync(join(group, "cpu.max"), `${quota} ${periodMicroseconds}`);
    else {
      writeFileSync(join(group, "cpu.cfs_period_us"), String(periodMicroseconds));
      writeFileSync(join(group, "cpu.cfs_quota_us"), String(quota));
    }
    moveAll(pid, join(group, "cgroup.procs"));
    return () => {
      // What a process leaves to be done in passing may take a moment longer.
      if (!remove(group)) setTimeout(() => remove(group), lingerMilliseconds).unref();
    };
  }
}

/**
 * Moves a process group. Who starts a process after it was moved takes it along; one that was started before is found in
 * the next round.
 */
function moveAll(pid: number, into: string): void {
  const moved = new Set<number>();
  for (let next = [pid]; next.length > 0; next = membersOf(pid).filter((member) => !moved.has(member)))
    for (const member of next) {
      moved.add(member);
      try {
        writeFileSync(into, String(member));
      } catch (error) {
        // It has ended already.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
}

/** The processes of a process group: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function membersOf(group: number): number[] {
  const running = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return running.filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name, in brackets, may hold anything; after it come state, parent and group.
      return (
        Number(
          stat
            .slice(stat.lastIndexOf(")") + 1)
            .trim()
            .split(" ")[2],
        ) === group
      );
    } catch {
      return false;
    }
  });
}

/** The nearest one around this process; null where there is none. */
function findDivisible(): Divisible | null {
  let lines: string[];
  try {
    lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  } catch {
    return null;
  }
  for (const line of lines) {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers.split(",").includes("cpu")) {
      const folder = join(root, controllers, path);
      if (isWritable(folder)) return { folder, version: 1 };
    }
    if (controllers !== "") continue;
    for (let folder = join(root, path); folder.startsWith(root); folder = dirname(folder))
      if (divides(folder)) return { folder, version: 2 };
  }
  return null;
}

/** Processes may only be moved within what this user owns, and only groups without processes of their own be divided. */
function divides(folder: string): boolean {
  const has = (file: string) => readFileSync(join(folder, file), "utf8").trim().split(/\s+/).includes("cpu");
  try {
    if (!has("cgroup.controllers") || !isWritable(folder)) return false;
    accessSync(join(folder, "cgroup.procs"), constants.W_OK);
    if (!has("cgroup.subtree_control")) writeFileSync(join(folder, "cgroup.subtree_control"), "+cpu");
    return true;
  } catch {
    return false;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Of servers that are gone, and whose processes are. */
function removeLeftOver(folder: string): void {
  for (const name of readdirSync(folder)) {
    const server = /^retemper-(\d+)-/.exec(name)?.[1];
    if (server !== undefined && !existsSync(`/proc/${server}`)) remove(join(folder, name));
  }
}

/** Whether it could be: a group in which something still runs stays, for the next server to remove. */
function remove(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    if (!["EBUSY", "ENOENT", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return false;
  }
}
