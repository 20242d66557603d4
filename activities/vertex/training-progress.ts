import type { Progress } from "../../trainer/contract/generated/contract.ts";
import { validateProgress } from "../../trainer/contract/generated/validate.js";
import type { ObjectStore } from "../storage/object-store.ts";

/** What the training that runs under a job's folder last said of itself, in words; null when it has not spoken. */
export async function readTrainingProgress(storage: ObjectStore, jobFolder: string): Promise<string | null> {
  const glob = `${jobFolder.replace(/^gs:\/\/[^/]+\//, "")}/**/progress.json`;
  const found = (await storage.list(jobFolder, glob)).filter(({ uri }) => uri.endsWith("/progress.json"));
  const newest = found.sort((left, right) => Number(right.generation) - Number(left.generation))[0];
  const text = newest ? await readUnlessRewritten(storage, newest.uri) : null;
  const progress = text === null ? null : parse(text);
  return progress === null ? null : describeProgress(progress);
}

/** Null where the trainer wrote it anew in the midst of the download. */
async function readUnlessRewritten(storage: ObjectStore, uri: string): Promise<string | null> {
  try {
    return await storage.readText(uri);
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "CONTENT_DOWNLOAD_MISMATCH") return null;
    throw error;
  }
}

export function describeProgress(progress: Progress): string {
  const { phase, step, steps, loss, tokensPerSecond, validationAccuracy, validationLoss, secondsLeft } = progress;
  return [
    phase === "training" ? `step ${step} of ${steps}` : phase,
    loss === null ? null : `loss ${loss.toFixed(3)}`,
    validationAccuracy === null ? validation(validationLoss) : `validation accuracy ${validationAccuracy.toFixed(3)}`,
    tokensPerSecond ? `${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s` : null,
    secondsLeft === null ? null : `about ${Math.ceil(secondsLeft / 60)} min left`,
  ]
    .filter((part) => part !== null)
    .join(", ");
}

/** Of a model without labels. */
function validation(loss: number | null | undefined): string | null {
  return loss === null || loss === undefined ? null : `validation loss ${loss.toFixed(3)}`;
}

/** The trainer may be in the midst of writing it: then the next look will tell. */
function parse(text: string): Progress | null {
  try {
    const progress: unknown = JSON.parse(text);
    return validateProgress(progress) ? progress : null;
  } catch {
    return null;
  }
}
