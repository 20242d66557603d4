import { availableParallelism, cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";

/** What a benchmark measured, under which conditions, held against its aims. */
export interface Report {
  readonly name: string;
  readonly conditions: Readonly<Record<string, string | number>>;
  readonly results: readonly Result[];
  readonly aims: readonly Aim[];
}

export interface Result {
  readonly what: string;
  readonly unit: string;
  readonly samples: readonly number[];
  readonly median: number;
}

export interface Aim {
  readonly what: string;
  /** In words, such as `< 480 s`. */
  readonly aim: string;
  readonly measured: number;
  readonly holds: boolean;
}

export function result(what: string, unit: string, samples: readonly number[]): Result {
  const sorted = [...samples].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
  return { what, unit, samples, median };
}

/** The median held against an upper bound in its own unit. */
export function below({ what, unit, median }: Result, bound: number): Aim {
  return { what, aim: `< ${bound} ${unit}`, measured: median, holds: median < bound };
}

export function machine(): Readonly<Record<string, string | number>> {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Prints the report, as JSON with `--json`, and sets the exit status: 1 when an aim does not hold. */
export function print(report: Report): void {
  const { values } = parseArgs({ options: { json: { type: "boolean" } }, strict: false });
  process.stdout.write(values["json"] ? `${JSON.stringify(report, null, 2)}\n` : text(report));
  if (report.aims.some(({ holds }) => !holds)) process.exitCode = 1;
}

function text({ name, conditions, results, aims }: Report): string {
  const number = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3))));
  const lines = [
    name,
    ...Object.entries(conditions).map(([key, value]) => `  ${key}: ${value}`),
    "",
    ...results.map(({ what, unit, samples, median }) => {
      const range = `  (${number(Math.min(...samples))} to ${number(Math.max(...samples))}, ${samples.length} samples)`;
      return `  ${what.padEnd(48)} ${number(median).padStart(8)} ${unit}${samples.length > 1 ? range : ""}`;
    }),
    "",
    ...aims.map(({ what, aim, measured, holds }) => `  ${holds ? "✓" : "✗"} ${what}: ${number(measured)}, aim ${aim}`),
  ];
  return `${lines.join("\n")}\n`;
}
