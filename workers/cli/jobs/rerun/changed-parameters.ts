import { parse } from "yaml";
import type { PipelineSpec } from "../../../../specs/ir/types.ts";
import type { JsonValue } from "../../../../specs/nodes/index.ts";
import { CommandError } from "../../user-error.ts";

/** Each `name=value`, the value as YAML where the pipeline wants no text. Throws `CommandError`. */
export function readChangedParameters(
  texts: readonly string[],
  spec: PipelineSpec,
): Readonly<Record<string, JsonValue>> {
  const declared = spec.root?.inputDefinitions?.parameters ?? {};
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = "", value = ""] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
      if (name === "") {
        throw new CommandError(
          "INVALID_PARAMETER",
          `--parameter wants name=value, such as epochs=3; got ${JSON.stringify(text)}.`,
        );
      }
      const definition = declared[name];
      if (definition === undefined) {
        const known = Object.keys(declared).join(", ") || "none";
        throw new CommandError("UNKNOWN_PARAMETER", `The pipeline has no parameter ${name}. It has ${known}.`);
      }
      return [name, definition.parameterType === "STRING" ? value : (parse(value) as JsonValue)];
    }),
  );
}
