import type { PreflightPrediction, PreflightProblem } from "../../pipelines/retrain/run.ts";
import type { PreflightReport, PreflightResult } from "../../trainer/contract/generated/contract.ts";
import { validatePreflightReport } from "../../trainer/contract/generated/validate.js";
import { UserError } from "../errors.ts";

/** Throws `InvalidReport` where a container wrote something else. */
export function parsePreflightReport(text: string, uri: string): PreflightReport {
  const report: unknown = JSON.parse(text);
  if (validatePreflightReport(report)) return report;
  const problems = (validatePreflightReport.errors ?? []).map(({ instancePath, message }) => ({
    path: instancePath,
    message: message ?? "",
  }));
  throw new UserError("InvalidReport", `${uri} is no report of a preflight`, problems);
}

/** What a run is to know of the report. */
export function predict(report: PreflightReport, usdPerHour: number | null): PreflightPrediction | null {
  const { hardware, remedy } = report;
  if (hardware === null) return null;
  const seconds = hardware.totalSeconds;
  return {
    basis: hardware.basis,
    fits: hardware.fits,
    peakBytes: hardware.peakBytes,
    availableBytes: hardware.availableBytes,
    stepSeconds: hardware.stepSeconds,
    seconds,
    usd: seconds === null || usdPerHour === null ? null : (seconds * usdPerHour) / 3600,
    remedy: remedy?.what ?? null,
  };
}

/** Why the run must not go on. What was only estimated refuses nothing. */
export function problemsOf(report: PreflightReport): readonly PreflightProblem[] {
  const { hardware, remedy } = report;
  const found = report.problems.map(({ code, message }) => ({ code, message }));
  if (hardware === null || hardware.fits || hardware.basis === "estimated") return found;
  return [...found, { code: "OutOfMemory", message: `${shortage(hardware)}${remedyText(remedy)}` }];
}

function shortage({ name, peakBytes, availableBytes, reason, rows }: PreflightResult): string {
  const size = peakBytes === null ? "" : `: ${gibibytes(peakBytes)} of ${gibibytes(availableBytes)} a chip`;
  return `a step of ${rows} rows does not fit ${name}${size} (${reason})`;
}

function remedyText(remedy: PreflightReport["remedy"]): string {
  return remedy === null ? "" : `. It fits with ${remedy.what}`;
}

export function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
