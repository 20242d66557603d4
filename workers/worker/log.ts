import { DefaultLogger, type Logger, type LogLevel } from "@temporalio/worker";

/** One JSON object a line, for a log file or a collector. */
export function jsonLogger(level: LogLevel, write: (line: string) => void): Logger {
  return new DefaultLogger(level, ({ level, timestampNanos, message, meta }) => {
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    write(`${JSON.stringify({ time, level, message, ...meta }, plain)}\n`);
  });
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return value;
}
