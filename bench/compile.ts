/**
 * Compiling, beside the Python SDK, in one run: `npm run bench -- compile [--json]`.
 * In process: from the author's function to the written file, after one small pipeline as a warm-up, on both sides.
 * Whole processes: `retemper compile MODULE` beside `python MODULE`, CPU seconds of both.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Aim, machine, print, type Result, result } from "./report/report.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const python = join(root, ".retemper/kfp/bin/python");
const peer = join(root, "bench/compile/peer.py");
const ours = join(root, "bench/compile/ours.ts");
const run = promisify(execFile);

/** Samples in process, fewer where the peer takes half a minute for one. */
const shapes = { chain500: 5, chain1000: 3, chain2000: 2 } as const;
type Shape = keyof typeof shapes;
type Form = "json" | "yaml";

/** How many samples of ours stand beside one of the peer's. */
const more = 5;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "retemper-bench-"));
  try {
    const whole = await wholeProcesses(folder);
    const inProcess = await inProcesses();
    print({
      name: "compile",
      conditions: { ...machine(), peer: "kfp 2.17.0" },
      results: [...Object.values(whole).flatMap(Object.values), ...inProcess.map(({ result }) => result)] as Result[],
      aims: [...aims(inProcess), faster("hello, whole process", 3, whole["hello"]?.kfp, whole["hello"]?.retemper)],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Pair {
  readonly retemper: Result;
  readonly kfp: Result;
}

async function wholeProcesses(folder: string): Promise<Readonly<Record<string, Pair>>> {
  const samples = { hello: 7, components28: 5, chain500: 3, chain1000: 1, chain2000: 1 };
  const pairs: Record<string, Pair> = {};
  for (const [shape, count] of Object.entries(samples)) {
    const module = shape === "hello" ? "bench/compile/hello.ts" : `bench/compile/pipelines.ts#${shape}`;
    const retemper = [
      "node",
      [join(root, "bin/retemper.mjs"), "compile", module, "-o", join(folder, "a.yaml")],
    ] as const;
    const kfp = [python, [peer, "whole", shape, join(folder, "b.yaml")]] as const;
    await cpuSeconds(...retemper);
    const times: { retemper: number[]; kfp: number[] } = { retemper: [], kfp: [] };
    for (let sample = 0; sample < count; sample++) {
      times.retemper.push(await cpuSeconds(...retemper));
      times.kfp.push(await cpuSeconds(...kfp));
    }
    pairs[shape] = {
      retemper: result(`${shape}, whole process`, "s CPU", times.retemper),
      kfp: result(`${shape}, whole process, kfp`, "s CPU", times.kfp),
    };
  }
  return pairs;
}

interface InProcess {
  readonly shape: Shape;
  readonly form: Form;
  readonly by: "retemper" | "kfp";
  readonly result: Result;
}

async function inProcesses(): Promise<readonly InProcess[]> {
  const found: InProcess[] = [];
  for (const [shape, samples] of Object.entries(shapes) as [Shape, number][]) {
    const mine = await times(process.execPath, [ours, shape, String(samples * more)]);
    const theirs = await times(python, [peer, "measure", shape, String(samples)]);
    for (const form of ["json", "yaml"] as const) {
      const what = `${shape} to ${form.toUpperCase()}`;
      found.push({ shape, form, by: "retemper", result: result(what, "s", mine[form]) });
      found.push({ shape, form, by: "kfp", result: result(`${what}, kfp`, "s", theirs[form]) });
    }
  }
  return found;
}

function aims(measured: readonly InProcess[]): readonly Aim[] {
  const of = (shape: Shape, form: Form, by: InProcess["by"]) =>
    measured.find((each) => each.shape === shape && each.form === form && each.by === by)?.result;
  const ratio = (shape: Shape, form: Form, atLeast: number) =>
    faster(`${shape} to ${form.toUpperCase()}`, atLeast, of(shape, form, "kfp"), of(shape, form, "retemper"));
  const small = of("chain500", "json", "retemper")?.median ?? Number.NaN;
  const large = of("chain2000", "json", "retemper")?.median ?? Number.NaN;
  return [
    ratio("chain500", "json", 50),
    ratio("chain2000", "json", 300),
    ratio("chain500", "yaml", 10),
    ratio("chain2000", "yaml", 40),
    // Four times the tasks; a quadratic compiler takes sixteen times as long.
    { what: "growth from 500 to 2,000 tasks", aim: "< 6 times", measured: large / small, holds: large / small < 6 },
  ];
}

function faster(what: string, atLeast: number, theirs: Result | undefined, mine: Result | undefined): Aim {
  const measured = (theirs?.median ?? Number.NaN) / (mine?.median ?? Number.NaN);
  return { what: `${what}, times faster than kfp`, aim: `≥ ${atLeast}`, measured, holds: measured >= atLeast };
}

async function times(program: string, args: readonly string[]): Promise<Readonly<Record<Form, number[]>>> {
  const { stdout } = await run(program, [...args], { cwd: root, maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as Readonly<Record<Form, number[]>>;
}

/** User and system time of the process and its children. */
async function cpuSeconds(program: string, args: readonly string[]): Promise<number> {
  const script = 'TIMEFORMAT="%U %S"; time "$@" > /dev/null 2>&1';
  const command = program === "node" ? process.execPath : program;
  const { stderr } = await run("bash", ["-c", script, "bash", command, ...args], { cwd: root });
  const [user = 0, system = 0] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  return user + system;
}

await main();
