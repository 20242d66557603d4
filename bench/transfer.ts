/**
 * One gibibyte from the Hub to Cloud Storage, beside huggingface_hub and google-cloud-storage, as whole processes and
 * against the same two servers: `npm run bench -- transfer [--json]`. Once over loopback, where two cores that also run
 * the servers are the limit; once over connections of a network's speed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type Aim, below, machine, print, type Result, result } from "./report/report.ts";

const bytes = 1024 ** 3;
const runs = 3;
/** What one connection to a Hub's or a bucket's servers may carry. */
const connectionBytesPerSecond = 100e6;
const peakAimMegabytes = 250;
const speedAim = 3;

const checkout = resolve(import.meta.dirname, "..");
const python = join(checkout, ".retemper/bench-transfer/bin/python");

interface Addresses {
  readonly hub: string;
  readonly storage: string;
}

interface Copy {
  readonly seconds: number;
  readonly megabytes: number;
}

async function main(): Promise<void> {
  // In memory, where there is such a place: the disk is not what is measured.
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "retemper-bench-"));
  const processes: ChildProcess[] = [];
  const serve = async (script: string, ...args: string[]): Promise<string> => {
    const child = spawn(process.execPath, [join(checkout, "bench/transfer", script), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    processes.push(child);
    return firstLine(child);
  };
  try {
    const storage = await serve("server.ts", "storage", join(folder, "storage"));
    const hub = await serve("server.ts", "hub", join(folder, "hub"), String(bytes));
    const loopback = await compare("loopback", { hub, storage }, storage, folder);
    const speed = String(connectionBytesPerSecond);
    const near = { hub: await serve("network.ts", hub, speed), storage: await serve("network.ts", storage, speed) };
    const network = await compare("network", near, storage, folder);
    print({
      name: "transfer",
      conditions: {
        ...machine(),
        bytes,
        runs,
        files: folder.startsWith("/dev/shm") ? "in memory" : "on disk",
        network: `${connectionBytesPerSecond / 1e6} MB/s a connection`,
      },
      results: [...loopback.results, ...network.results],
      aims: [...loopback.aims, ...network.aims],
    });
  } finally {
    for (const child of processes) child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Turn by turn, so that both see the same machine. */
async function compare(
  where: string,
  addresses: Addresses,
  storage: string,
  folder: string,
): Promise<{ results: Result[]; aims: Aim[] }> {
  const downloads = join(folder, "downloads");
  const ours: Copy[] = [];
  const theirs: Copy[] = [];
  for (let run = 0; run < runs; run++) {
    const { hub, storage: bucket } = addresses;
    ours.push(await copy(process.execPath, [join(checkout, "bench/transfer/ours.ts"), hub, bucket], storage));
    await mkdir(downloads, { recursive: true });
    theirs.push(await copy(python, [join(checkout, "bench/transfer/peer.py"), hub, bucket, downloads], storage));
    await rm(downloads, { recursive: true });
  }
  const seconds = (copies: readonly Copy[]) => copies.map((one) => one.seconds);
  const megabytes = (copies: readonly Copy[]) => copies.map((one) => one.megabytes);
  const ourTime = result(`${where}: ours`, "s", seconds(ours));
  const theirTime = result(`${where}: Python's clients`, "s", seconds(theirs));
  const ourPeak = result(`${where}: ours, peak memory`, "MB", megabytes(ours));
  const theirPeak = result(`${where}: Python's clients, peak memory`, "MB", megabytes(theirs));
  const times = theirTime.median / ourTime.median;
  return {
    results: [ourTime, theirTime, result(`${where}: times as fast`, "×", [times]), ourPeak, theirPeak],
    aims: [
      { what: `${where}: times as fast`, aim: `≥ ${speedAim} ×`, measured: times, holds: times >= speedAim },
      below(ourPeak, peakAimMegabytes),
    ],
  };
}

/** Runs a copy as a process, holds what arrived against the whole, and removes everything. */
async function copy(program: string, args: readonly string[], storage: string): Promise<Copy> {
  const begin = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((done) => child.once("exit", done));
  const line = await firstLine(child);
  const status = await ended;
  if (status !== 0) throw new Error(`${program} ${args[0]} ended with exit status ${status}`);
  const seconds = (performance.now() - begin) / 1000;
  const { uri, peakBytes } = JSON.parse(line) as { uri: string; peakBytes: number };
  await check(storage, uri);
  process.stderr.write(`  ${args[0]}: ${seconds.toFixed(2)} s, ${(peakBytes / 1e6).toFixed(0)} MB\n`);
  return { seconds, megabytes: peakBytes / 1e6 };
}

let known: string | undefined;

/** Every copy has the same checksum and size; all objects are deleted, so that the next one finds none. */
async function check(storage: string, uri: string): Promise<void> {
  const objects = `${storage}/storage/v1/b/retemper/o`;
  const { items } = (await (await fetch(objects)).json()) as {
    items: { name: string; size: string; crc32c: string }[];
  };
  const found = items.find(({ name }) => uri === `gs://retemper/${name}`);
  known ??= found?.crc32c;
  if (found === undefined || Number(found.size) !== bytes || found.crc32c !== known) {
    throw new Error(`${uri} is not what was to be copied: ${JSON.stringify(found)}`);
  }
  for (const { name } of items) await fetch(`${objects}/${encodeURIComponent(name)}`, { method: "DELETE" });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("a process without its output");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error(`${child.spawnargs.join(" ")} ended before it said anything`);
}

await main();
