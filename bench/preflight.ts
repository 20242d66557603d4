/**
 * Compiling a training ahead of time for TPUs that are not here: `npm run bench -- preflight [--json] [--full]`.
 * MiniLM's shape (`bench/preflight/minilm.json`: no weights are read), whole processes of the trainer, an empty cache.
 * With `--full`, each topology is compiled with XLA's full effort, too, which shows by how much the quick peak is higher.
 */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { parsePreflightReport } from "../activities/preflight/prediction.ts";
import type { PreflightConfig, PreflightReport, TrainConfig } from "../trainer/contract/generated/contract.ts";
import { below, machine, print, type Result, result } from "./report/report.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const python = process.env["RETEMPER_PYTHON"] ?? join(root, ".retemper/venv/bin/python");
const run = promisify(execFile);
const gibibyte = 2 ** 30;

const train: TrainConfig = {
  task: "text-classification",
  epochs: 1,
  batchSize: 256,
  maxLength: 128,
  learningRate: 3e-4,
  weightDecay: 0.01,
  warmup: 0.1,
  seed: 0,
  checkpointEvery: 100,
};

const slices = ["v5e 1x1", "v5e 2x2", "v5e 2x4", "v5e 4x4", "v6e 2x2", "v6e 2x4"] as const;

interface Asked {
  readonly report: PreflightReport;
  readonly wall: number;
  readonly cpu: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { full: { type: "boolean" } }, strict: false });
  const folder = await mkdtemp(join(tmpdir(), "retemper-bench-"));
  try {
    await cp(join(root, "bench/preflight/minilm.json"), join(folder, "config.json"));
    const results: Result[] = [];
    const cold: Result[] = [];
    for (const slice of slices) {
      const asked = await ask(folder, { train, hardware: hardwareOf(slice), labels: 16 });
      const found = wanted(asked.report);
      cold.push(result(`${slice}: cold, wall`, "s", [asked.wall]));
      results.push(
        result(`${slice}: peak a chip, quick`, "GiB", [(found.peakBytes ?? Number.NaN) / gibibyte]),
        result(`${slice}: step at the least`, "ms", [1000 * (found.rooflineSeconds ?? Number.NaN)]),
        result(`${slice}: cold, processor time`, "s", [asked.cpu]),
      );
      if (values["full"] === true) {
        const full = await ask(folder, { train, hardware: hardwareOf(slice), labels: 16, effort: "full" });
        const peak = wanted(full.report).peakBytes ?? Number.NaN;
        results.push(
          result(`${slice}: peak a chip, full`, "GiB", [peak / gibibyte]),
          result(`${slice}: full, processor time`, "s", [full.cpu]),
        );
      }
    }
    const again = { train, hardware: hardwareOf("v5e 2x4"), labels: 16 } as const;
    const walls = [];
    for (let sample = 0; sample < 5; sample++) walls.push((await ask(folder, again)).wall);
    const cached = result("v5e 2x4: cached, wall", "s", walls);

    const large = { ...train, batchSize: 4096 };
    const short = await ask(folder, { train: large, hardware: hardwareOf("v5e 1x1"), labels: 16, remedy: false });
    if (wanted(short.report).fits) throw new Error("4,096 × 128 was expected not to fit a v5e chip.");
    const told = result("v5e 1x1: 4,096 rows do not fit, wall", "s", [short.wall]);
    const encoder = cold.find(({ what }) => what.startsWith("v5e 2x4"));
    print({
      name: "preflight",
      conditions: { ...machine(), ...versionsOf(short.report), rows: train.batchSize, tokens: train.maxLength },
      results: [...results, ...cold, cached, told],
      aims: [...(encoder ? [below(encoder, 60)] : []), below(cached, 1), below(told, 30)],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function ask(folder: string, config: PreflightConfig): Promise<Asked> {
  const out = join(folder, "preflight.json");
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" > /dev/null 2>&1';
  const args = ["-m", "trainer", "preflight", "--config", JSON.stringify(config), "--base-model", folder, "--out", out];
  const env = { ...process.env, RETEMPER_CACHE: join(folder, "cache") };
  const { stderr } = await run("bash", ["-c", script, "bash", python, ...args], { cwd: root, env });
  const [wall = 0, user = 0, system = 0] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  return { report: parsePreflightReport(await readFile(out, "utf8"), out), wall, cpu: user + system };
}

function wanted(report: PreflightReport): NonNullable<PreflightReport["hardware"]> {
  if (report.hardware?.basis === "compiled") return report.hardware;
  throw new Error(`Nothing was compiled: ${JSON.stringify(report.problems)}; is TPU_LIBRARY_PATH set?`);
}

function versionsOf({ versions }: PreflightReport): Readonly<Record<string, string>> {
  return { jax: versions.jax, libtpu: versions.libtpu };
}

function hardwareOf(slice: (typeof slices)[number]): PreflightConfig["hardware"] {
  const [tpu = "", topology = ""] = slice.split(" ");
  return { tpu, topology };
}

await main();
