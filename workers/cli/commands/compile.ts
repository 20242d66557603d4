import { writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { defineCommand } from "citty";
import colours from "picocolors";
import type { CompiledSpec } from "../../../specs/emit/index.ts";
import { guard } from "../guard.ts";
import { loadTarget } from "../specs/author-module.ts";
import { checkSpec } from "../specs/check-spec.ts";
import { compileTarget } from "../specs/compile-target.ts";
import { readParameters } from "../specs/parameters.ts";
import { problemsText } from "../specs/problems-view.ts";
import { CommandError } from "../user-error.ts";
import { terminal } from "../view/terminal.ts";

export const compile = defineCommand({
  meta: { name: "compile", description: "Compile a pipeline to a spec for Vertex AI, as YAML or JSON." },
  args: {
    module: { type: "positional", description: "TypeScript module, or module#export", required: true },
    output: { type: "string", alias: "o", description: "File: .yaml or .json; the terminal when left out" },
    name: { type: "string", description: "In place of the pipeline's own name" },
    "display-name": { type: "string", description: "In place of the pipeline's own display name" },
    parameter: { type: "string", description: "Default of an input: epochs=3, the value as YAML (may be repeated)" },
    region: { type: "string", description: "Where it is to run, to check its hardware" },
    limits: {
      type: "boolean",
      default: true,
      description: "Refuse what Vertex would (--no-limits: for other backends)",
    },
  },
  run: ({ args, rawArgs }) =>
    guard(async () => {
      const target = await loadTarget(args.module);
      const compiled = await compileTarget(target, {
        ...(args.name && { name: args.name }),
        ...(args["display-name"] && { displayName: args["display-name"] }),
        parameters: await readParameters(rawArgs),
      });
      const { spec, platform } = compiled;
      const found = await checkSpec({ spec, platform }, args.region ? { region: args.region } : {});
      const problems = args.limits ? found : found.filter(({ group }) => group !== "limit");
      const errors = terminal(process.stderr);
      if (problems.length > 0) {
        errors.write(problemsText(args.module, problems, errors.columns));
        return 1;
      }
      const text = await write(compiled, args.output);
      if (!args.output) {
        terminal().write(text);
        return 0;
      }
      const file = resolve(process.env["INIT_CWD"] ?? ".", args.output);
      await writeFile(file, text);
      errors.write(`${colours.green("✓")} ${compiled.name} → ${relative(process.cwd(), file)}\n`);
      return 0;
    }),
});

/** YAML holds the platform document too; JSON only the spec, which is all that Vertex takes. */
async function write({ spec, platform }: CompiledSpec, output: string | undefined): Promise<string> {
  if (output === undefined ? platform !== undefined : /\.ya?ml$/.test(output)) {
    const { toYaml } = await import("../../../specs/load/write-yaml.ts");
    return toYaml(spec, platform);
  }
  if (output !== undefined && !output.endsWith(".json")) {
    throw new CommandError("UNKNOWN_FORMAT", `${output}: name a file that ends with .yaml or .json.`);
  }
  if (platform !== undefined) {
    const message = "The pipeline has options for open-source Kubeflow Pipelines, which JSON cannot hold: write .yaml.";
    throw new CommandError("PLATFORM_NEEDS_YAML", message);
  }
  return `${JSON.stringify(spec, null, 2)}\n`;
}
