/**
 * Texts of which one in ten is a near duplicate, prepared without these, beside Python's `datatrove`, as whole processes:
 * `npm run bench -- near-duplicates [--json] [--rows N] [--many N]`. Then more of them by ours alone, whose memory should
 * be the same.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bandsFor } from "../activities/dataset/near-duplicates/bands.ts";
import { generate } from "./near-duplicates/generate.ts";
import { recipe } from "./near-duplicates/recipe.ts";
import { type Measured, measured } from "./prepare/measured.ts";
import { type Aim, machine, print, result } from "./report/report.ts";

const memory = 220e6;
const speedAim = 5;
const memoryAim = 5;
const flatnessAim = 1.1;

const checkout = resolve(import.meta.dirname, "..");
const python = join(checkout, ".retemper/bench-near-duplicates/bin/python");
const { threshold, shingle, permutations } = recipe.nearDuplicates ?? { threshold: 0, shingle: 0, permutations: 0 };
const cut = bandsFor(threshold, permutations);

const { values } = parseArgs({
  options: { rows: { type: "string", default: "200000" }, many: { type: "string", default: "1000000" } },
  strict: false,
});
const rows = Number(values.rows);
const many = Number(values.many);

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "retemper-bench-"));
  try {
    const files = await generate(join(folder, "rows"), rows);
    const mine = await ours(join(folder, "ours"), files);
    const theirs = await peer(join(folder, "theirs"), join(folder, "rows"));
    await rm(join(folder, "rows"), { recursive: true });
    const large = many > 0 ? await ours(join(folder, "ours"), await generate(join(folder, "many"), many)) : null;
    report(mine, theirs, large);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ours(folder: string, files: readonly string[]): Promise<Measured> {
  await rm(folder, { recursive: true, force: true });
  return measured(process.execPath, [
    join(checkout, "bench/near-duplicates/ours.ts"),
    folder,
    String(memory),
    ...files,
  ]);
}

async function peer(folder: string, files: string): Promise<Measured> {
  await mkdir(folder, { recursive: true });
  const numbers = [shingle, cut.bands, cut.rows].map(String);
  return measured(python, [join(checkout, "bench/near-duplicates/peer.py"), folder, files, ...numbers]);
}

function report(mine: Measured, theirs: Measured, large: Measured | null): void {
  const kept = ({ printed }: Measured): number => (JSON.parse(printed) as { kept: number }).kept;
  print({
    name: "near-duplicates",
    conditions: {
      ...machine(),
      rows,
      many,
      threshold,
      "words a shingle": shingle,
      bands: `${cut.bands} of ${cut.rows} values`,
      "engine's memory, MB": memory / 1e6,
      peer: "datatrove 0.10.1, 2 processes",
    },
    results: [
      result("ours: rows a second", "rows/s", [rows / mine.seconds]),
      result("datatrove: rows a second", "rows/s", [rows / theirs.seconds]),
      result("ours: peak memory", "MB", [mine.peakMegabytes]),
      result("datatrove: peak memory", "MB", [theirs.peakMegabytes]),
      result("ours: rows kept", "rows", [kept(mine)]),
      result("datatrove: rows kept", "rows", [kept(theirs)]),
      ...(large === null
        ? []
        : [
            result(`ours: rows a second of ${many}`, "rows/s", [many / large.seconds]),
            result(`ours: peak memory of ${many}`, "MB", [large.peakMegabytes]),
          ]),
    ],
    aims: aims(mine, theirs, large),
  });
}

function aims(mine: Measured, theirs: Measured, large: Measured | null): Aim[] {
  const faster = theirs.seconds / mine.seconds;
  const leaner = theirs.peakMegabytes / mine.peakMegabytes;
  const growth = (large?.peakMegabytes ?? Number.NaN) / mine.peakMegabytes;
  return [
    { what: "times as fast as datatrove", aim: `≥ ${speedAim}`, measured: faster, holds: faster >= speedAim },
    { what: "datatrove's memory beside ours", aim: `≥ ${memoryAim} ×`, measured: leaner, holds: leaner >= memoryAim },
    ...(large === null
      ? []
      : [
          {
            what: `memory of ${many} rows beside ${rows}`,
            aim: `≤ ${flatnessAim} ×`,
            measured: growth,
            holds: growth <= flatnessAim,
          },
        ]),
  ];
}

await main();
