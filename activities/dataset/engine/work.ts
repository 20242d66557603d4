import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { Database, identifier, literal, literals } from "../database.ts";
import type { Plan } from "../plan.ts";
import type { Json, Pass, Phase } from "./phase.ts";

export const splitNames = ["train", "validation", "test"] as const;
export type SplitName = (typeof splitNames)[number];

export interface WorkOptions {
  readonly plan: Plan;
  /** Where pieces leave what others read: a local folder, or one of a mounted bucket. */
  readonly folder: string;
  /** Of the prepared data; `output` in the folder when left out. */
  readonly output?: string;
  /** On this machine's own disk, for what is under way. */
  readonly scratch: string;
  /** Bytes for all pieces that run at once. */
  readonly memory: number;
  /** Pieces that run at once in this process. */
  readonly lanes: number;
  readonly signal?: AbortSignal | undefined;
  /** Makes a source's file readable at its path; called before a piece of `scatter` reads it. */
  readonly fetch?: ((path: string) => Promise<void>) | undefined;
}

/** The folder of a preparation, as the piece that runs sees it. */
export class Work {
  readonly plan: Plan;
  readonly passes: readonly Pass[];
  readonly signal: AbortSignal | undefined;
  readonly #options: WorkOptions;
  /** Where files of the piece that runs go; null between pieces. */
  readonly #target: string | null;
  /** Passes whose additions and drops are seen. */
  readonly #before: readonly Pass[];

  constructor(options: WorkOptions, passes: readonly Pass[], before = passes, target: string | null = null) {
    this.plan = options.plan;
    this.signal = options.signal;
    this.passes = passes;
    this.#options = options;
    this.#before = before;
    this.#target = target;
  }

  /** A fresh DuckDB with this piece's share of the memory. */
  async database(): Promise<Database> {
    const folder = join(this.#options.scratch, "databases", crypto.randomUUID());
    const memory = Math.floor(this.#options.memory / this.#options.lanes);
    return Database.open(folder, { memory, signal: this.signal });
  }

  /**
   * Path of a file that the running piece writes; it is moved into place when the piece has ended. What is under
   * `output/` goes beside the manifest.
   */
  target(name: string): string {
    if (this.#target === null) throw new Error(`${name} is written outside of a piece`);
    return join(this.#target, name);
  }

  /** Path of a file that a piece of an earlier phase left. */
  file(phase: string, piece: number, name: string): string {
    return join(this.#folder(phase, piece), name);
  }

  /** Paths of the files of that name that an earlier phase left; not every piece leaves one. */
  files(phase: Phase, name: string): string[] {
    return range(phase.pieces(this.plan))
      .map((piece) => this.file(phase.name, piece, name))
      .filter((path) => existsSync(path));
  }

  /** What every piece of an earlier phase returned, in order. */
  async outcomes<Outcome = Json>(phase: Phase): Promise<Outcome[]> {
    return Promise.all(range(phase.pieces(this.plan)).map((piece) => this.outcome<Outcome>(phase, piece)));
  }

  async outcome<Outcome = Json>(phase: Phase, piece: number): Promise<Outcome> {
    const marker: { outcome: Outcome } = JSON.parse(await readFile(this.#marker(phase.name, piece), "utf8"));
    return marker.outcome;
  }

  /** Makes a source's file readable at its path. */
  async fetch(path: string): Promise<void> {
    await this.#options.fetch?.(path);
  }

  /** Relation of a bucket's rows, with what the passes before this one added and without what they dropped. */
  rows(bucket: number): string {
    return this.#relation([bucket]);
  }

  /** Relation of rows as they are before all passes. */
  gathered(buckets: readonly number[]): string {
    const parts = splitNames.flatMap((split) => {
      const paths = buckets
        .map((bucket) => this.file("gather", bucket, `${split}.parquet`))
        .filter((path) => existsSync(path));
      const rows = `read_parquet([${literals(paths)}], hive_partitioning = false)`;
      return paths.length === 0 ? [] : [`SELECT *, ${literal(split)} AS split FROM ${rows}`];
    });
    return `(${parts.join(" UNION ALL ")})`;
  }

  /** The same of all buckets. */
  allRows(): string {
    return this.#relation(range(this.plan.buckets));
  }

  /** Path of a file beside the manifest. */
  output(path: string): string {
    return join(this.#options.output ?? join(this.#options.folder, "output"), path);
  }

  /** As a phase of that pass sees it; without one, as it is after all of them. */
  within(pass: Pass | null): Work {
    const before = pass === null ? this.passes : this.passes.slice(0, this.passes.indexOf(pass));
    return new Work(this.#options, this.passes, before, this.#target);
  }

  /** With the memory of all pieces that would run at once. */
  alone(): Work {
    return new Work({ ...this.#options, lanes: 1 }, this.passes, this.#before, this.#target);
  }

  isDone(phase: Phase, piece: number): boolean {
    return existsSync(this.#marker(phase.name, piece));
  }

  /** Runs one piece, and puts its files and then its marker in place. Returns what it left beside its files. */
  async runPiece(phase: Phase, piece: number): Promise<Json> {
    const target = join(this.#options.scratch, "targets", `${phase.name}-${piece}-${process.pid}`);
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    const running = new Work(this.#options, this.passes, this.#before, target);
    const outcome = await phase.run(running, piece);
    const place = this.#folder(phase.name, piece);
    await rm(place, { recursive: true, force: true });
    if (existsSync(join(target, "output"))) await moveInto(join(target, "output"), this.output("."));
    await moveFolder(target, place);
    await writeWhole(this.#marker(phase.name, piece), JSON.stringify({ outcome }));
    return outcome;
  }

  #relation(buckets: readonly number[]): string {
    const additions = this.#before.filter(({ at, adds }) => at === "rows" && adds !== undefined);
    const dropping = this.#before.filter(({ at, drops }) => at === "rows" && drops === true);
    const added = additions.flatMap(({ adds = [] }) => adds);
    let relation = `${this.gathered(buckets)} AS rows`;
    const columns = [added.includes("text") ? "rows.* EXCLUDE (text)" : "rows.*"];
    for (const [index, pass] of additions.entries()) {
      const last = lastPhase(pass);
      const files = buckets.map((bucket) => this.file(last.name, bucket, "columns.parquet"));
      relation += ` JOIN read_parquet([${literals(files)}], hive_partitioning = false) AS added_${index} ON rows.id = added_${index}.id`;
      columns.push(...(pass.adds ?? []).map((name) => `added_${index}.${identifier(name)}`));
    }
    const drops = dropping.flatMap((pass) => this.files(lastPhase(pass), "drops.parquet"));
    const where =
      drops.length === 0
        ? ""
        : ` WHERE rows.id NOT IN (SELECT id FROM read_parquet([${literals(drops)}], hive_partitioning = false))`;
    return `(SELECT ${columns.join(", ")} FROM ${relation}${where})`;
  }

  #folder(phase: string, piece: number): string {
    return join(this.#options.folder, phase, fiveDigits(piece));
  }

  #marker(phase: string, piece: number): string {
    return `${this.#folder(phase, piece)}.json`;
  }
}

export function lastPhase({ name, phases }: Pass): Phase {
  const last = phases.at(-1);
  if (last === undefined) throw new Error(`the pass ${name} has no phase`);
  return last;
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export function fiveDigits(number: number): string {
  return String(number).padStart(5, "0");
}

/** Hex. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Whole or not at all, as others see it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}

/** Also between file systems. */
async function moveFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    if (!isOtherDisk(error)) throw error;
    await moveInto(from, to);
  }
}

/** Every file, each whole or not at all. */
async function moveInto(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, relative(from, source));
    await mkdir(dirname(target), { recursive: true });
    try {
      await rename(source, target);
    } catch (error) {
      if (!isOtherDisk(error)) throw error;
      await copyFile(source, `${target}.part`);
      await rename(`${target}.part`, target);
    }
  }
  await rm(from, { recursive: true, force: true });
}

function isOtherDisk(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EXDEV";
}
