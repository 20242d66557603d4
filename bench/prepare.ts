/**
 * A million rows of made-up text, prepared beside Python's `datasets`, as whole processes: `npm run bench -- prepare
 * [--json] [--rows N] [--many N]`. Then ten times as many by ours alone, whose memory should be the same.
 */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { generate } from "./prepare/generate.ts";
import { type Measured, measured } from "./prepare/measured.ts";
import { type Aim, machine, print, result } from "./report/report.ts";

const memory = 252e6;
const speedAim = 5;
const memoryAim = 5;
const flatnessAim = 1.1;

const checkout = resolve(import.meta.dirname, "..");
const python = join(checkout, ".retemper/bench-prepare/bin/python");

const { values } = parseArgs({
  options: { rows: { type: "string", default: "1000000" }, many: { type: "string", default: "10000000" } },
  strict: false,
});
const rows = Number(values.rows);
const many = Number(values.many);

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "retemper-bench-"));
  try {
    const files = await generate(join(folder, "rows"), rows);
    const mine = await ours(join(folder, "ours"), files);
    const theirs = await peer(join(folder, "theirs"), files);
    await rm(join(folder, "rows"), { recursive: true });
    const large = many > 0 ? await ours(join(folder, "ours"), await generate(join(folder, "many"), many)) : null;
    if (
      mine.printed.replace(/"seconds.*/, "") !==
      theirs.printed
        .replace(/"seconds.*/, "")
        .replaceAll(", ", ",")
        .replaceAll(": ", ":")
    )
      throw new Error(`They kept other rows: ${mine.printed} and ${theirs.printed}`);
    print({
      name: "prepare",
      conditions: {
        ...machine(),
        rows,
        many,
        "engine's memory, MB": memory / 1e6,
        peer: "datasets 5.2.0, 2 processes",
      },
      results: [
        result("ours: rows a second", "rows/s", [rows / mine.seconds]),
        result("datasets: rows a second", "rows/s", [rows / theirs.seconds]),
        result("ours: peak memory", "MB", [mine.peakMegabytes]),
        result("ours: peak memory, anonymous", "MB", [mine.peakAnonymousMegabytes]),
        result("datasets: peak memory", "MB", [theirs.peakMegabytes]),
        result("datasets: peak memory, anonymous", "MB", [theirs.peakAnonymousMegabytes]),
        ...(large === null
          ? []
          : [
              result(`ours: rows a second of ${many}`, "rows/s", [many / large.seconds]),
              result(`ours: peak memory of ${many}`, "MB", [large.peakMegabytes]),
            ]),
      ],
      aims: aims(mine, theirs, large),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ours(folder: string, files: readonly string[]): Promise<Measured> {
  await rm(folder, { recursive: true, force: true });
  const script = join(checkout, "bench/prepare/ours.ts");
  return measured(process.execPath, [script, folder, String(memory), ...files]);
}

async function peer(folder: string, files: readonly string[]): Promise<Measured> {
  await mkdir(folder, { recursive: true });
  const script = join(checkout, "bench/prepare/peer.py");
  const quiet = { HF_HUB_OFFLINE: "1", HF_HUB_DISABLE_TELEMETRY: "1", HF_HOME: join(folder, "home") };
  return measured(python, [script, join(folder, "output"), String(availableParallelism()), ...files], quiet);
}

function aims(mine: Measured, theirs: Measured, large: Measured | null): Aim[] {
  const faster = theirs.seconds / mine.seconds;
  const leaner = theirs.peakMegabytes / mine.peakMegabytes;
  const grown = large === null ? 1 : large.peakMegabytes / mine.peakMegabytes;
  return [
    { what: "times the rows a second of datasets", aim: `≥ ${speedAim}`, measured: faster, holds: faster >= speedAim },
    {
      what: "times less peak memory than datasets",
      aim: `≥ ${memoryAim}`,
      measured: leaner,
      holds: leaner >= memoryAim,
    },
    ...(large === null
      ? []
      : [
          {
            what: "peak memory of ten times the rows",
            aim: `≤ ${flatnessAim} times`,
            measured: grown,
            holds: grown <= flatnessAim,
          },
        ]),
  ];
}

await main();
