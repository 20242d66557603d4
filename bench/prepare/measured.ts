import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

export interface Measured {
  /** The last line that the program printed. */
  readonly printed: string;
  /** From the process's start to its end. */
  readonly seconds: number;
  /** Of the process and its children, what they share counted once. */
  readonly peakMegabytes: number;
  /** Without what is mapped from files and could be dropped. */
  readonly peakAnonymousMegabytes: number;
}

const sampleMilliseconds = 200;

/** Runs a program to its end and watches its memory. https://docs.kernel.org/filesystems/proc.html (smaps_rollup) */
export async function measured(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Measured> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const exited = once(child, "exit");
  let isRunning = true;
  void exited.finally(() => {
    isRunning = false;
  });
  let peak = 0;
  let peakAnonymous = 0;
  while (isRunning) {
    const { all, anonymous } = await memoryOf(child.pid ?? 0);
    peak = Math.max(peak, all);
    peakAnonymous = Math.max(peakAnonymous, anonymous);
    await Promise.race([exited, setTimeout(sampleMilliseconds)]);
  }
  const [code] = await exited;
  if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}`);
  return {
    printed: output.trim().split("\n").at(-1) ?? "",
    seconds: (performance.now() - started) / 1000,
    peakMegabytes: peak / 1000,
    peakAnonymousMegabytes: peakAnonymous / 1000,
  };
}

/** Kilobytes. */
async function memoryOf(root: number): Promise<{ all: number; anonymous: number }> {
  let all = 0;
  let anonymous = 0;
  for (const pid of await withChildren(root)) {
    // One that has just ended has none.
    const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    all += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    anonymous += Number(/^Pss_Anon:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return { all, anonymous };
}

async function withChildren(root: number): Promise<number[]> {
  const found = [root];
  for (const pid of found) {
    const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
    for (const task of tasks) {
      const text = await readFile(`/proc/${pid}/task/${task}/children`, "utf8").catch(() => "");
      found.push(
        ...text
          .split(" ")
          .filter((one) => one !== "")
          .map(Number),
      );
    }
  }
  return found;
}
