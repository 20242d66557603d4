/**
 * From nothing to a promoted model: `npm run bench -- start [--json]`.
 * Cold: a fresh clone with empty caches (ours, npm's, uv's, pip's). Warm: the same clone, installed, its state deleted.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { below, machine, print, result } from "./report/report.ts";

const coldAimSeconds = 480;
const warmAimSeconds = 180;
const checkout = resolve(import.meta.dirname, "..");

interface Measured {
  /** Until `npm start -- --once` ended with a promoted model that answers. */
  readonly total: number;
  /** Until all servers and the worker were up. */
  readonly up: number;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "retemper-bench-"));
  try {
    const clone = join(folder, "clone");
    await promisify(execFile)("git", ["clone", "--quiet", checkout, clone]);
    const env = emptyCaches(folder);
    const cold = await measure(clone, env);
    await rm(join(clone, ".retemper/state"), { recursive: true, force: true });
    const warm = await measure(clone, env);
    const again = await measure(clone, env);
    const coldTotal = result("cold: clone to promoted model", "s", [cold.total]);
    const warmTotal = result("warm: installed, empty state, to promoted", "s", [warm.total]);
    print({
      name: "start",
      conditions: machine(),
      results: [
        coldTotal,
        result("cold: clone to everything up", "s", [cold.up]),
        warmTotal,
        result("warm: installed, to everything up", "s", [warm.up]),
        result("again: up, and nothing to do", "s", [again.total]),
      ],
      aims: [below(coldTotal, coldAimSeconds), below(warmTotal, warmAimSeconds)],
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The environment of a user: none of what the set-up of this checkout, or npm, laid over it. */
function emptyCaches(folder: string): NodeJS.ProcessEnv {
  const theirs = Object.entries(process.env).filter(([name]) => !/^(npm_|RETEMPER_|TEMPORAL_BIN$)/.test(name));
  const ours = [checkout, process.env["RETEMPER_CACHE"] ?? checkout];
  const path = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((part) => !ours.some((root) => part.startsWith(root)));
  return {
    ...Object.fromEntries(theirs),
    PATH: path.join(delimiter),
    RETEMPER_CACHE: join(folder, "cache"),
    npm_config_cache: join(folder, "npm"),
    UV_CACHE_DIR: join(folder, "uv"),
    PIP_CACHE_DIR: join(folder, "pip"),
  };
}

/** Throws unless the run ended with exit status 0. */
async function measure(clone: string, env: NodeJS.ProcessEnv): Promise<Measured> {
  const begin = performance.now();
  const child = spawn("npm", ["start", "--", "--once"], { cwd: clone, env, stdio: ["ignore", "pipe", "inherit"] });
  let up = Number.NaN;
  createInterface({ input: child.stdout }).on("line", (line) => {
    process.stderr.write(`  ${line}\n`);
    if (line.startsWith("Retemper is up")) up = (performance.now() - begin) / 1000;
  });
  const status = await new Promise<number | null>((done) => child.once("exit", done));
  if (status !== 0) throw new Error(`npm start -- --once ended with exit status ${status}`);
  return { total: (performance.now() - begin) / 1000, up };
}

await main();
