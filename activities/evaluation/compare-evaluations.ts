import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { EvaluationActivities } from "../../pipelines/retrain/activities.ts";
import type { Evaluation } from "../../pipelines/retrain/evaluation.ts";
import { validateEvaluation } from "../../trainer/contract/generated/validate.js";
import type { Clients } from "../clients/clients.ts";
import { UserError } from "../errors.ts";
import { cancellation, whileAlive } from "../progress.ts";
import { inTemporaryFolder } from "../temporary.ts";
import { pairPredictions } from "./pair-predictions.ts";

export function createEvaluationActivities(clients: Clients): EvaluationActivities {
  return {
    compareEvaluations: (trained) =>
      whileAlive(
        () => "comparing candidate and champion",
        async () => {
          const candidate = await readEvaluation(clients, trained.evaluationUri);
          const { championEvaluationUri, championPredictionsUri } = trained;
          if (championEvaluationUri === null || championPredictionsUri === null) {
            return { candidate, champion: null, overall: null, slices: {} };
          }
          const champion = await readEvaluation(clients, championEvaluationUri);
          const tables = await pairFromStorage(
            clients,
            trained.predictionsUri,
            championPredictionsUri,
            Object.keys(candidate.slices),
          );
          return { candidate, champion, ...tables };
        },
      ),
  };
}

async function readEvaluation({ storage }: Clients, uri: string): Promise<Evaluation> {
  const value: unknown = JSON.parse(await storage.readExisting(uri));
  if (validateEvaluation(value)) return value;
  const problems = (validateEvaluation.errors ?? []).map(({ instancePath, message, keyword }) => ({
    path: instancePath,
    message: message ?? keyword,
  }));
  throw new UserError("InvalidEvaluation", `${uri} is not an evaluation as the trainer's contract has it`, problems);
}

function pairFromStorage({ storage }: Clients, candidateUri: string, championUri: string, slices: readonly string[]) {
  return inTemporaryFolder(async (folder) => {
    const candidate = join(folder, "candidate.parquet");
    const champion = join(folder, "champion.parquet");
    await storage.download(candidateUri, candidate, cancellation());
    await storage.download(championUri, champion, cancellation());
    const scratch = join(folder, "scratch");
    await mkdir(scratch);
    return pairPredictions({ candidate, champion, slices, scratch });
  });
}
