import { execFile } from "node:child_process";
import { setInterval } from "node:timers";
import { promisify } from "node:util";
import { killWithStatus, type ManagedProcess } from "./process.ts";

const pollMilliseconds = 500;

export interface MemoryWatch {
  /** Whether the process was killed for taking more than its limit. */
  readonly exceeded: boolean;
  stop(): void;
}

interface Watched {
  readonly process: ManagedProcess;
  readonly group: number;
  readonly limit: number;
  exceeded: boolean;
}

/** Kills process groups that take more memory than their limit, as a container would be. */
export class MemoryGuard {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** `limit` in bytes; 0 sets none. */
  watch(process: ManagedProcess, limit: number): MemoryWatch {
    const { group } = process;
    // A container's limit is its engine's to hold.
    if (group === undefined || limit === 0 || process.isClient) return { exceeded: false, stop: () => undefined };
    const watched: Watched = { process, group, limit, exceeded: false };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => void this.#look(), pollMilliseconds).unref();
    return {
      get exceeded() {
        return watched.exceeded;
      },
      stop: () => {
        this.#watched.delete(watched);
        if (this.#watched.size > 0) return;
        clearInterval(this.#timer);
        this.#timer = undefined;
      },
    };
  }

  async #look(): Promise<void> {
    const resident = await residentMemory();
    for (const watched of this.#watched) {
      if ((resident.get(watched.group) ?? 0) <= watched.limit) continue;
      watched.exceeded = true;
      killWithStatus(watched.process, 137);
    }
  }
}

/** Bytes of each process group; empty where the system has no `ps`, and then no limit holds. */
async function residentMemory(): Promise<ReadonlyMap<number, number>> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pgid=,rss="]).catch(() => ({ stdout: "" }));
  const bytes = new Map<number, number>();
  for (const [, group, kibibytes] of stdout.matchAll(/^\s*(\d+)\s+(\d+)$/gm))
    bytes.set(Number(group), (bytes.get(Number(group)) ?? 0) + Number(kibibytes) * 1024);
  return bytes;
}
