import { defineCommand } from "citty";
import colours from "picocolors";
import type { PipelineSpec } from "../../../specs/ir/types.ts";
import { guard } from "../guard.ts";
import { checkSpec } from "../specs/check-spec.ts";
import { readMost } from "../specs/limit-settings.ts";
import { problemsText } from "../specs/problems-view.ts";
import { readSpecDocument } from "../specs/spec-document.ts";
import { terminal } from "../view/terminal.ts";

export const validate = defineCommand({
  meta: { name: "validate", description: "Check a compiled pipeline: its form, its references, Vertex's limits." },
  args: {
    spec: { type: "positional", description: "YAML or JSON: a file, https://… or gs://…", required: true },
    region: { type: "string", description: "Where it is to run, such as us-central1" },
    most: { type: "string", description: "Limits of your own: tasks=200,specBytes=4000000,artifactsIntoTask=100" },
    json: { type: "boolean", description: "For programs" },
  },
  run: ({ args }) =>
    guard(async () => {
      const document = await readSpecDocument(args.spec);
      const problems = await checkSpec(document, {
        most: readMost(args.most),
        ...(args.region && { region: args.region }),
      });
      const out = terminal();
      if (args.json) {
        out.write(`${JSON.stringify({ source: args.spec, valid: problems.length === 0, problems }, null, 2)}\n`);
      } else if (problems.length > 0) {
        out.write(problemsText(args.spec, problems, out.columns));
      } else {
        out.write(`${colours.green("✓")} ${args.spec}: ${summary(document.spec as PipelineSpec)}\n`);
      }
      return problems.length === 0 ? 0 : 1;
    }),
});

function summary({ pipelineInfo, root, components = {}, deploymentSpec = {} }: PipelineSpec): string {
  const dags = [root, ...Object.values(components)];
  const tasks = dags.reduce((sum, component) => sum + Object.keys(component?.dag?.tasks ?? {}).length, 0);
  const containers = Object.keys(deploymentSpec.executors ?? {}).length;
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  return `${pipelineInfo?.name} is valid and within Vertex's limits (${count(tasks, "task")}, ${count(containers, "executor")})`;
}
