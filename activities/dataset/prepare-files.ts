import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../trainer/contract/generated/contract.ts";
import { uninterrupted } from "../progress.ts";
import type { Json, Pass, Phase } from "./engine/phase.ts";
import { runSteps } from "./engine/run.ts";
import { range, Work, writeWhole } from "./engine/work.ts";
import { filesOf, type Plan, planDigest } from "./plan.ts";
import { PreparationProgress } from "./preparation-progress.ts";
import { type Scattered, scatter } from "./scatter.ts";
import { stepsOf } from "./steps.ts";

export interface PrepareFilesOptions {
  readonly plan: Plan;
  /** What is done beside the common path; what the plan asks for, when left out. */
  readonly passes?: readonly Pass[];
  /** Where everything is kept that a later try goes on from; `output/` in it is the prepared data. */
  readonly folder: string;
  /** Bytes for rows, whatever the data's size. */
  readonly memory?: number;
  /** Pieces at once. */
  readonly lanes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: string) => void;
  /** Makes a source's file readable at its path. */
  readonly fetch?: (path: string) => Promise<void>;
  /** Told when no piece will read a source's file again. */
  readonly release?: (path: string) => void;
}

const mebibyte = 1024 ** 2;
const defaultMemory = 1024 * mebibyte;
/** Less is not enough for one bucket. */
const leastMemoryALane = 120 * mebibyte;

/**
 * Files become checked, deduplicated, split Parquet shards in `folder/output`. The same input gives the same bytes. After
 * a kill, the same call goes on behind the last piece that was finished. Throws `InvalidData`.
 */
export async function prepareFiles(options: PrepareFilesOptions): Promise<Manifest> {
  const { plan, folder, memory = defaultMemory, signal = uninterrupted, onProgress = () => {} } = options;
  const lanes = Math.max(1, Math.min(options.lanes ?? availableParallelism(), Math.floor(memory / leastMemoryALane)));
  const scratch = join(folder, "scratch");
  await startOrGoOn(folder, scratch, plan);
  // Tokenizers and plots take memory: only where they are used.
  const passes = options.passes ?? (await import("./passes.ts")).passesOf(plan);
  const steps = stepsOf(passes);
  const work = new Work({ plan, folder, scratch, memory, lanes, signal: options.signal, fetch: options.fetch }, passes);
  const progress = new PreparationProgress(plan, steps, onProgress);
  progress.read((await scatteredBefore(work)).reduce((sum, { rows }) => sum + rows, 0));
  const onPiece = (phase: Phase, done: number, pieces: number, outcome?: Json): void => {
    if (phase === scatter && outcome !== undefined) progress.read((outcome as Scattered).rows);
    progress.tell(phase, done, pieces);
    if (phase === scatter) for (const path of readFiles(work)) options.release?.(path);
  };
  await runSteps(work, steps, { lanes, signal, onPiece });
  await rm(scratch, { recursive: true, force: true });
  const manifest: Manifest = JSON.parse(await readFile(work.output("manifest.json"), "utf8"));
  return manifest;
}

/** What an earlier try has read. */
async function scatteredBefore(work: Work): Promise<Scattered[]> {
  const done = range(scatter.pieces(work.plan)).filter((piece) => work.isDone(scatter, piece));
  return Promise.all(done.map((piece) => work.outcome<Scattered>(scatter, piece)));
}

/** Files of which every part was read. */
function readFiles(work: Work): string[] {
  const { chunks } = work.plan;
  const waiting = new Set(
    chunks.flatMap(({ files }, piece) => (work.isDone(scatter, piece) ? [] : files.map(({ path }) => path))),
  );
  return filesOf(work.plan)
    .map(({ path }) => path)
    .filter((path) => !waiting.has(path));
}

/** What is there of the same plan stays; of another one, nothing. */
async function startOrGoOn(folder: string, scratch: string, plan: Plan): Promise<void> {
  const path = join(folder, "plan.json");
  const there = existsSync(path) ? planDigest(JSON.parse(await readFile(path, "utf8"))) : null;
  if (there !== planDigest(plan)) {
    await rm(folder, { recursive: true, force: true });
    await writeWhole(path, JSON.stringify(plan));
  }
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
}
