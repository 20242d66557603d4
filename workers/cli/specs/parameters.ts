import type { JsonValue } from "../../../specs/nodes/index.ts";
import { CommandError } from "../user-error.ts";

/** Each `--parameter name=value` of a command line; values are read as YAML. */
export async function readParameters(rawArgs: readonly string[]): Promise<Readonly<Record<string, JsonValue>>> {
  const given = rawArgs.flatMap((argument, index) => {
    if (argument.startsWith("--parameter=")) return [argument.slice("--parameter=".length)];
    return argument === "--parameter" ? [rawArgs[index + 1] ?? ""] : [];
  });
  if (given.length === 0) return {};
  const { parse } = await import("yaml");
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value = ""] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
      if (name === undefined) {
        throw new CommandError(
          "INVALID_PARAMETER",
          `--parameter wants name=value, such as epochs=3; got ${JSON.stringify(text)}.`,
        );
      }
      return [name, parse(value) as JsonValue];
    }),
  );
}
