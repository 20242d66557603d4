import { defineCommand } from "citty";
import { readRecipe } from "../../../activities/resolve/read-recipe.ts";
import type { RetrainRequest } from "../../../pipelines/retrain/request.ts";
import { validateRequest } from "../../../pipelines/retrain/validate.ts";
import { connect } from "../../client/connect.ts";
import { runUrl } from "../../client/names.ts";
import { startRetrain } from "../../client/runs.ts";
import { type Configuration, readConfiguration } from "../../config/read-configuration.ts";
import { parseAssignments } from "../assignments.ts";
import { followRun } from "../follow-run.ts";
import { guard } from "../guard.ts";
import { CommandError } from "../user-error.ts";
import { rows, terminal } from "../view/terminal.ts";

export const run = defineCommand({
  meta: { name: "run", description: "Start a run of a recipe and follow it." },
  args: {
    recipe: { type: "positional", description: "Name of a recipe, without its .yaml", required: true },
    force: { type: "boolean", description: "Run even if these very pins were decided before" },
    set: { type: "string", description: "Override of the request: train.epochs=1 (several: with commas)" },
    detach: { type: "boolean", description: "Start it, and do not follow it" },
  },
  run: ({ args }) =>
    guard(async () => {
      const request = toRequest({
        recipe: args.recipe,
        ...(args.force && { force: true }),
        ...parseAssignments(args.set ?? ""),
      });
      return runRecipe(await readConfiguration(), request, args.detach ?? false);
    }),
});

/** Starts a run, follows it unless detached, and gives the exit status: 0 when it promoted, or had nothing to do. */
export async function runRecipe(
  configuration: Configuration,
  request: RetrainRequest,
  detach = false,
): Promise<number> {
  await using temporal = await connect(configuration);
  const { client, environment } = temporal;
  const { uiUrl, namespace, taskQueue } = environment.temporal;
  await readRecipe(environment.recipes, request.recipe);
  const workflowId = await startRetrain(client, taskQueue, request);
  const out = terminal();
  out.write(rows([["run", uiUrl ? runUrl(uiUrl, namespace, workflowId) : workflowId]]));
  if (detach) return 0;
  const { end } = await followRun(client, workflowId, out);
  return end.ended === "completed" && (end.result.decision === "promoted" || end.result.decidedBy !== null) ? 0 : 1;
}

function toRequest(value: unknown): RetrainRequest {
  const parsed = validateRequest(value);
  if (parsed.ok) return parsed.value;
  const list = parsed.problems.map(({ path, message }) => `  ${path} ${message}`);
  throw new CommandError("INVALID_REQUEST", ["The request is not valid:", ...list].join("\n"));
}
