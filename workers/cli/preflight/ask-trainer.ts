import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parsePreflightReport } from "../../../activities/preflight/prediction.ts";
import { preflightConfig } from "../../../pipelines/retrain/preflight-pipeline.ts";
import type { PreflightConfig, PreflightReport } from "../../../trainer/contract/generated/contract.ts";
import { checkout } from "../../config/program.ts";
import { CommandError } from "../user-error.ts";
import type { Terminal } from "../view/terminal.ts";
import type { Material } from "./material.ts";

/** Runs the trainer's preflight; what it does is told while it does it. Throws {@link CommandError}. */
export async function askTrainer(
  { recipe, baseModel, data }: Material,
  scratch: string,
  progress: Terminal,
  more: Partial<PreflightConfig>,
): Promise<PreflightReport> {
  const out = join(scratch, "preflight.json");
  const child = spawn(
    process.env["RETEMPER_PYTHON"] ?? join(checkout, ".retemper/venv/bin/python"),
    [
      ...["-m", "trainer", "preflight", "--config", JSON.stringify(preflightConfig(recipe, more))],
      ...["--base-model", baseModel, "--out", out, ...(data === null ? [] : ["--data", data])],
    ],
    { cwd: checkout, stdio: ["ignore", "pipe", "pipe"] },
  );
  const began = performance.now();
  createInterface(child.stdout).on("line", (line) => tell(line, progress, began));
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-20_000);
  });
  const status = await new Promise<number | null>((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  });
  if (status !== 0) throw new CommandError("PREFLIGHT_FAILED", failureText(errors, status));
  return parsePreflightReport(await readFile(out, "utf8"), out);
}

function tell(line: string, progress: Terminal, began: number): void {
  const { message, ...fields } = readLine(line);
  if (message === undefined) return;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const details = Object.entries(fields).map(([name, value]) => `${name} ${String(value)}`);
  progress.write(`  ${seconds.padStart(4)} s  ${[message, ...details].join(", ")}\n`);
}

function readLine(line: string): { readonly message?: string } & Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as { message?: string };
  } catch {
    return {};
  }
}

/** The trainer's own words, the last line of which is JSON; else all that was printed. */
function failureText(errors: string, status: number | null): string {
  const last = readLine(errors.trim().split("\n").at(-1) ?? "");
  return last.message ?? `The trainer ended with ${status ?? "a signal"}:\n${errors.trim()}`;
}
