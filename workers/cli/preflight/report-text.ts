import colours from "picocolors";
import { gibibytes, predict } from "../../../activities/preflight/prediction.ts";
import { type Prices, priceOf } from "../../../activities/preflight/prices.ts";
import { type Choice, rank } from "../../../activities/preflight/ranking.ts";
import type { Recipe } from "../../../pipelines/retrain/recipe.ts";
import type { PreflightReport, PreflightResult } from "../../../trainer/contract/generated/contract.ts";
import { duration, rows } from "../view/terminal.ts";

const shareNames: Readonly<Record<string, string>> = {
  parameters: "parameters",
  optimizerState: "optimizer state",
  frozenParameters: "frozen parameters",
  activations: "activations",
  temporaries: "temporaries and gradients",
  batch: "batch",
  program: "program",
};

/** The report for a person: verdict, memory, time and cost, then the table of choices. */
export function reportText(recipe: Recipe, report: PreflightReport, prices: Prices): string {
  const problems = report.problems.map(({ code, message }) => `${colours.red("✗")} ${code}: ${message}\n`);
  const { hardware } = report;
  if (hardware === null) return problems.join("");
  const remedy = report.remedy === null ? "" : remedyText(report.remedy);
  return [
    ...problems,
    verdict(hardware),
    rows([...memoryRows(hardware), ...dataRows(report), ...timeRows(recipe, report, prices)]),
    remedy,
    table(rank(report, prices), prices),
    notes(report),
  ].join("");
}

function verdict({ name, fits, basis, rows: batch, effort, compileSeconds, reason }: PreflightResult): string {
  const mark = fits ? colours.green("✓") : colours.red("✗");
  const how =
    basis === "estimated"
      ? "by arithmetic, not compiled"
      : `compiled in ${(compileSeconds ?? 0).toFixed(1)} s${effort === "quick" ? ", memory is an upper bound" : ""}`;
  const text = fits ? `fits ${name}` : `does not fit ${name}`;
  return `${mark} ${colours.bold(`A step of ${batch} rows ${text}`)} ${colours.dim(`(${how})`)}\n${reason ? `  ${reason}\n` : ""}`;
}

function memoryRows({ peakBytes, availableBytes, memory, largestBuffers, largestBatch }: PreflightResult): Pairs {
  const peak = peakBytes === null ? "unknown" : gibibytes(peakBytes);
  const shares = Object.entries(memory)
    .filter(([, bytes]) => bytes >= 2 ** 20)
    .toSorted(([, left], [, right]) => right - left)
    .map(([name, bytes]): Pair => [`  ${shareNames[name] ?? name}`, gibibytes(bytes)]);
  const buffers = largestBuffers
    .slice(0, 3)
    .map(({ bytes, shape, what }): Pair => ["  large buffer", `${gibibytes(bytes)}  ${shape}  ${colours.dim(what)}`]);
  const batch: Pairs = largestBatch === null ? [] : [["largest batch", `${largestBatch} rows`]];
  return [["memory a chip", `${peak} of ${gibibytes(availableBytes)}`], ...shares, ...buffers, ...batch];
}

function dataRows({ data, diskBytes }: PreflightReport): Pairs {
  const disk: Pairs = diskBytes === null ? [] : [["disk", gibibytes(diskBytes)]];
  if (data === null)
    return [["data", "none yet: times and costs of a whole training come with --data or a first run"], ...disk];
  const cut = `${(100 * data.truncated).toFixed(1)} % cut`;
  const size = `${data.rows} + ${data.validationRows} rows, ${data.labels} labels`;
  return [["data", `${size}, ${data.medianLength} tokens in the median, ${data.longest} at most, ${cut}`], ...disk];
}

function timeRows(recipe: Recipe, report: PreflightReport, prices: Prices): Pairs {
  const { hardware } = report;
  if (hardware === null || hardware.stepSeconds === null || hardware.rooflineSeconds === null) return [];
  const step = `${milliseconds(hardware.stepSeconds)} estimated, ${milliseconds(hardware.rooflineSeconds)} at the least (${hardware.bound})`;
  const price = priceOf(prices, recipe.train.hardware);
  const { seconds, usd } = predict(report, price?.usdPerHour ?? null) ?? { seconds: null, usd: null };
  if (seconds === null) return [["a step", step]];
  const cost = usd === null ? "no price" : `$${usd.toFixed(2)} by prices of ${prices.asOf}`;
  return [
    ["a step", step],
    ["training", `${hardware.steps} steps, about ${duration(1000 * seconds)} with start-up: ${cost}`],
  ];
}

function remedyText({ what, result }: NonNullable<PreflightReport["remedy"]>): string {
  const peak = result.peakBytes === null ? "" : ` with ${gibibytes(result.peakBytes)} a chip`;
  return `${colours.green("→")} ${colours.bold(`It fits with ${what}`)}, compiled${peak}\n`;
}

function table(choices: readonly Choice[], prices: Prices): string {
  if (choices.length === 0) return "";
  const cells = choices.map((choice) => [
    choice.fits ? "✓" : "✗",
    choice.name,
    choice.strategy,
    choice.seconds === null ? "-" : duration(1000 * choice.seconds),
    choice.usdPerHour === null ? "no price" : `$${choice.usdPerHour.toFixed(2)}/h`,
    choice.usd === null ? "-" : `$${choice.usd.toFixed(2)}`,
    choice.basis,
  ]);
  const header = ["", "hardware", "strategy", "time", "price", "cost", "basis"];
  const widths = header.map((title, index) => Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  const body = cells.map((row, index) => (choices[index]?.fits ? line(row) : colours.dim(line(row))));
  return `\n  ${colours.dim(line(header))}\n${body.map((row) => `  ${row}\n`).join("")}  ${colours.dim(`prices of ${prices.asOf}`)}\n`;
}

function notes({ versions }: PreflightReport): string {
  const compiler =
    versions.libtpu === "none"
      ? "The compiler of TPUs is not here (it is for Linux on x86-64): all is reckoned, nothing compiled."
      : `Compiled with JAX ${versions.jax} and libtpu ${versions.libtpu}; checked against no real chip.`;
  return `\n${colours.dim(`${compiler}\nTimes are estimates: a roofline, at 40 % of it, with 10 minutes of start-up. GPUs and CPUs cannot be compiled for here.\nQuota is not looked at: docs/preflight.md says where Vertex shows it.`)}\n`;
}

function milliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0)} ms`;
}

type Pair = readonly [string, string];
type Pairs = readonly Pair[];
