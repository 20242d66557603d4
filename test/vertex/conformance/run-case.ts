import { setTimeout as wait } from "node:timers/promises";
import {
  type Case,
  differences,
  fieldAt,
  fill,
  type Json,
  type JsonObject,
  type Step,
  type Transport,
} from "./case.ts";

export interface Place {
  readonly project: string;
  readonly location: string;
  /** Without `gs://`. */
  readonly bucket: string;
  /** An image that the place has, and a command in it that takes a Node or Python script. */
  readonly image: string;
  /** Of how long a wait may last; milliseconds. */
  readonly patience: number;
}

/** Runs a case to its end and gives every difference, in words. */
export async function runCase(asked: Case, transport: Transport, place: Place): Promise<string[]> {
  const values = new Map(Object.entries(startValues(place)));
  const found: string[] = [];
  try {
    for (const step of asked.steps) {
      const wrong = await runStep(step, transport, values, place.patience);
      found.push(...wrong.map((line) => `${step.call}: ${line}`));
      // What follows needs what this step should have saved.
      if (wrong.length > 0 && step.save !== undefined) break;
    }
  } finally {
    for (const step of asked.cleanUp ?? []) {
      try {
        await runStep(step, transport, values, place.patience);
      } catch {
        // Nothing was made that it could take away.
      }
    }
  }
  return found;
}

/** The values that every case starts with. */
export function startValues({ project, location, bucket, image }: Place): Record<string, string> {
  const unique = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  return { parent: `projects/${project}/locations/${location}`, project, bucket, image, unique };
}

async function runStep(
  step: Step,
  transport: Transport,
  values: Map<string, string>,
  patience: number,
): Promise<string[]> {
  const request = fill(step.request, values);
  const end = Date.now() + patience;
  for (;;) {
    const outcome = await transport.call(step, request);
    if ("error" in outcome) {
      return outcome.error === step.error
        ? []
        : [`answered ${outcome.error} (${outcome.message}), not ${step.error ?? "OK"}`];
    }
    if (step.error !== undefined) return [`answered OK, not ${step.error}`];
    const { answer } = outcome;
    if (step.until !== undefined && !step.until.is.includes(String(fieldAt(answer, step.until.field)))) {
      if (Date.now() > end)
        return [`${step.until.field} is still ${JSON.stringify(fieldAt(answer, step.until.field))}`];
      await wait(patience > 60_000 ? 5_000 : 30);
      continue;
    }
    for (const [name, path] of Object.entries(step.save ?? {})) {
      const value = fieldAt(answer, path);
      if (typeof value === "string") values.set(name, value);
    }
    return step.expect === undefined ? [] : differences(fill(step.expect as JsonObject as Json, values), answer);
  }
}
