import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { uninterrupted } from "../progress.ts";
import { runSteps } from "./engine/run.ts";
import { Work } from "./engine/work.ts";
import { passesOf } from "./passes.ts";
import { type Plan, withPaths } from "./plan.ts";
import { stepsOf } from "./steps.ts";

/** One worker's part of a phase of a sharded preparation. */
export interface Share {
  /** With `plan.json`; what phases leave between them goes here. */
  readonly work: string;
  /** Of the prepared data. */
  readonly output: string;
  readonly phase: string;
  /** From 0. */
  readonly worker: number;
  readonly workers: number;
  /** Folders of buckets, each named as its bucket. */
  readonly mounts: readonly string[];
  /** Written when all is done; none when empty. */
  readonly done: string;
  /** On this machine's own disk. */
  readonly scratch: string;
  /** Bytes. */
  readonly memory: number;
  readonly lanes: number;
  readonly onPiece?: (title: string, done: number, pieces: number) => void;
}

/** Runs every so many pieces of the phase; those that are there stay. Throws `InvalidData`. */
export async function runShare(share: Share): Promise<void> {
  const { phase: name, scratch, memory, lanes, onPiece = () => {} } = share;
  const stored: Plan = JSON.parse(await readFile(join(share.work, "plan.json"), "utf8"));
  const plan = withPaths(stored, (path) => mounted(share.mounts, path));
  const passes = passesOf(plan);
  const steps = stepsOf(passes).filter(({ phase }) => phase.name === name);
  if (steps.length === 0) throw new Error(`a preparation has no phase ${name}`);
  const work = new Work({ plan, folder: share.work, output: share.output, scratch, memory, lanes }, passes);
  await runSteps(work, steps, {
    lanes,
    signal: uninterrupted,
    share: { first: share.worker, every: share.workers },
    onPiece: (phase, done, pieces) => onPiece(phase.title, done, pieces),
  });
  if (share.done === "") return;
  await mkdir(dirname(share.done), { recursive: true });
  await writeFile(share.done, `${name} ${share.worker}`);
}

/** Where an address of Cloud Storage lies for this process. */
function mounted(mounts: readonly string[], path: string): string {
  const [, bucket, name = ""] = /^gs:\/\/([^/]+)\/(.*)$/.exec(path) ?? [];
  if (bucket === undefined) return path;
  const mount = mounts.find((folder) => basename(folder) === bucket);
  if (mount === undefined) throw new Error(`the bucket ${bucket} is not mounted`);
  return join(mount, name);
}
