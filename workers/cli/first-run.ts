import { join } from "node:path";
import type { Client } from "@temporalio/client";
import colours from "picocolors";
import { createClients } from "../../activities/clients/clients.ts";
import { readRecipe, recipeNames } from "../../activities/resolve/read-recipe.ts";
import { type Answer, predict } from "../../activities/vertex/predict.ts";
import type { RunProgress } from "../../pipelines/retrain/progress.ts";
import { connect } from "../client/connect.ts";
import { runUrl, startFormUrl, workflowTypes } from "../client/names.ts";
import { type RunEnd, runUnderWay, startRetrain } from "../client/runs.ts";
import { applySchedule } from "../client/schedules.ts";
import type { Configuration } from "../config/read-configuration.ts";
import { followRun } from "./follow-run.ts";
import { rows, type Terminal } from "./view/terminal.ts";

const question = "Small, fast text editor for the terminal with syntax highlighting and a configurable key map.";
const timeoutMilliseconds = 30_000;

/**
 * Applies the recipes' schedules, starts the first run or follows the one under way, asks the endpoint, and prints what
 * happened. Gives the exit status: 0 when every stage did its work and the endpoint answers with the new model, or when
 * there was nothing to do.
 */
export async function firstRun(
  configuration: Configuration,
  recipeName: string,
  out: Terminal,
  signal: AbortSignal,
): Promise<number> {
  await using temporal = await connect(configuration);
  const { client, environment } = temporal;
  const { uiUrl, namespace, taskQueue } = environment.temporal;
  await applySchedules(client, taskQueue, environment.recipes, out);
  const recipe = await readRecipe(environment.recipes, recipeName);

  const underWay = await runUnderWay(client, recipe.name);
  const workflowId = underWay ?? (await startRetrain(client, taskQueue, { recipe: recipe.name }));
  out.write(`${colours.bold(recipe.name)} ${underWay ? "is under way" : "retrains"}\n`);
  if (uiUrl) out.write(rows([["watch it", runUrl(uiUrl, namespace, workflowId)]]));
  out.write("\n");
  const { end, progress } = await followRun(client, workflowId, out, signal);

  const clients = createClients(environment, configuration.readVariable);
  try {
    const served = await ask(() => predict(clients, recipe.promote.endpoint, question, timeoutMilliseconds));
    if (end.ended === "completed" || "answer" in served) out.write(`\n${answerText(recipe.promote.endpoint, served)}`);
    const next: [string, string][] = [];
    if (uiUrl) {
      next.push(["Temporal UI", uiUrl]);
      next.push(["start a run there", startFormUrl(uiUrl, namespace, taskQueue, workflowTypes.retrain)]);
    }
    if (end.ended === "failed") next.push(["logs", join(configuration.state, "logs")]);
    if (configuration.presets.hub === "local") next.push(["let the data grow", "npx retemper demo grow"]);
    next.push(["your own data", "npx retemper try --model ID --data FILE --text COLUMN --label COLUMN"]);
    out.write(`\n${rows(next)}`);
    return exitStatus(end, progress, served);
  } finally {
    await clients.close();
  }
}

/** A recipe that is broken is reported and left out: it must not keep the others from their schedules. */
async function applySchedules(client: Client, taskQueue: string, folder: string, out: Terminal): Promise<void> {
  for (const name of await recipeNames(folder)) {
    try {
      await applySchedule(client, taskQueue, await readRecipe(folder, name));
    } catch (error) {
      if (!(error instanceof Error && error.name === "UserError")) throw error;
      out.write(`${colours.yellow("!")} ${error.message}\n`);
    }
  }
}

type Served = { readonly answer: Answer } | { readonly error: string };

async function ask(question: () => Promise<Answer>): Promise<Served> {
  try {
    return { answer: await question() };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function answerText(endpoint: string, served: Served): string {
  if ("error" in served) return `${colours.red("✗")} The endpoint ${endpoint} does not answer: ${served.error}\n`;
  const { prediction, milliseconds, deployedModelId } = served.answer;
  const { label, score } = prediction as { label: string; score: number };
  return (
    `The endpoint ${colours.bold(endpoint)} answers\n` +
    rows([
      ["asked", question],
      [
        "said",
        `${colours.bold(label)} (${(score * 100).toFixed(0)} %, ${milliseconds.toFixed(0)} ms, ${deployedModelId})`,
      ],
    ])
  );
}

/** See {@link firstRun}. */
export function exitStatus(end: RunEnd, progress: RunProgress | undefined, served: Served): number {
  if (end.ended === "failed") return 1;
  const { result } = end;
  if (result.decidedBy !== null) return 0;
  const worked = progress?.stages.every(({ status }) => status === "done" || status === "skipped") ?? false;
  const newModelAnswers = "answer" in served && result.traffic?.[served.answer.deployedModelId] === 100;
  return result.decision === "promoted" && worked && newModelAnswers ? 0 : 1;
}
