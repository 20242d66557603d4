/**
 * What `import "retemper/specs"` costs a user: `npm run bench -- import [--json]`.
 * Whole processes, with and without it, in turn; the difference of each pair counts.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { checkout } from "../scripts/build/build-package.ts";
import { InstalledPackage } from "../test/package/installed-package.ts";
import { below, machine, print, result } from "./report/report.ts";

const aimMilliseconds = 100;
const pairs = 21;
const entries = ["specs", "specs/testing", "specs/load", "specs/gcpc/v1/custom_job"] as const;

async function main(): Promise<void> {
  await using installed = await InstalledPackage.create();
  const packaged = [];
  for (const entry of entries) {
    const samples = await measure(installed.project, `retemper/${entry}`);
    packaged.push(result(`retemper/${entry}`, "ms", samples));
  }
  const sources = result(
    "retemper/specs, from the sources in the checkout",
    "ms",
    await measure(checkout, "retemper/specs"),
  );
  const [specs = sources] = packaged;
  print({
    name: "import",
    conditions: { ...machine(), "pairs of processes": pairs },
    results: [...packaged, sources],
    aims: [below(specs, aimMilliseconds)],
  });
}

async function measure(folder: string, entry: string): Promise<number[]> {
  const samples: number[] = [];
  for (let pair = 0; pair <= pairs; pair++) {
    const bare = await time(folder, "");
    const whole = await time(folder, `import ${JSON.stringify(entry)};`);
    // The first pair warms the disk's cache.
    if (pair > 0) samples.push(whole - bare);
  }
  return samples;
}

async function time(folder: string, program: string): Promise<number> {
  const begin = performance.now();
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], { cwd: folder });
  return performance.now() - begin;
}

await main();
