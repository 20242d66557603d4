import { writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { defineCommand } from "citty";
import colours from "picocolors";
import type { PipelineSpec } from "../../../specs/ir/types.ts";
import { guard } from "../guard.ts";
import { readSpec } from "../specs/read-spec.ts";
import { CommandError } from "../user-error.ts";
import { terminal } from "../view/terminal.ts";

const formats = ["mermaid", "svg", "html"] as const;
type Format = (typeof formats)[number];

export const graph = defineCommand({
  meta: { name: "graph", description: "Draw a pipeline: as Mermaid, as a picture, or as a page to look around in." },
  args: {
    spec: { type: "positional", description: "YAML or JSON, or module#export", required: true },
    format: { type: "string", description: "mermaid, svg or html; by the output's name when left out" },
    output: { type: "string", alias: "o", description: "File: .mmd, .svg or .html; the terminal when left out" },
  },
  run: ({ args }) =>
    guard(async () => {
      const format = formatOf(args.format, args.output);
      const { spec } = await readSpec(args.spec);
      const drawn = await draw(spec, format);
      if (!args.output) {
        terminal().write(drawn);
        return 0;
      }
      const file = resolve(process.env["INIT_CWD"] ?? ".", args.output);
      await writeFile(file, drawn);
      terminal(process.stderr).write(
        `${colours.green("✓")} ${spec.pipelineInfo?.name} → ${relative(process.cwd(), file)}\n`,
      );
      return 0;
    }),
});

async function draw(spec: PipelineSpec, format: Format): Promise<string> {
  const { toHtml, toMermaid, toSvg } = await import("../../../specs/graph/index.ts");
  if (format === "mermaid") return toMermaid(spec);
  return format === "svg" ? toSvg(spec) : toHtml(spec);
}

function formatOf(format: string | undefined, output: string | undefined): Format {
  const named =
    format ?? (output === undefined ? "mermaid" : output.replace(/^.*\./, "").replace(/^(mmd|md)$/, "mermaid"));
  const found = formats.find((each) => each === named);
  if (found !== undefined) return found;
  const what = format === undefined ? `Which format is ${output}?` : `There is no format ${format}.`;
  throw new CommandError("UNKNOWN_FORMAT", `${what} --format takes ${formats.join(", ")}.`);
}
