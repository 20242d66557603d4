import { existsSync } from "node:fs";
import colours from "picocolors";
import { terminal } from "../../view/terminal.ts";
import type { JobFolder, LocalArtifact } from "../job-folder.ts";
import { readJobName } from "../job-reference.ts";
import { bringArtifacts } from "../pull/bring-artifacts.ts";
import type { JobSource } from "../pull/job-source.ts";
import type { PulledArtifact, PulledJob } from "../pulled-job.ts";

/** The content of artifacts: what was pulled is there, what was not is brought now. Throws `CommandError`. */
export async function gatherArtifacts(
  source: JobSource,
  folder: JobFolder,
  job: PulledJob,
  artifacts: readonly PulledArtifact[],
  signal: AbortSignal,
): Promise<readonly LocalArtifact[]> {
  const inStorage = artifacts.filter(({ uri }) => uri.startsWith("gs://"));
  const pulled = await folder.readArtifacts();
  const missing = inStorage.filter(({ uri }) => !isHere(folder, pulled.get(uri)));
  if (missing.length > 0) {
    const out = terminal(process.stderr);
    out.write(
      missing.length === 1 ? "One more artifact is needed:\n" : `${missing.length} more artifacts are needed:\n`,
    );
    const reference = readJobName(job.name);
    await using origin = await source.open(reference);
    await bringArtifacts(origin, folder, missing, { maxSize: source.maxSize, out, signal });
  }
  const all = await folder.readArtifacts();
  const gone = inStorage.filter(
    ({ uri, schemaTitle }) => all.get(uri)?.objects.length === 0 && !holdsNoFile(schemaTitle),
  );
  for (const { uri } of gone) {
    const told = `${uri} is empty there: a task that reads it will not find it. Run what made it again: --from TASK.`;
    terminal(process.stderr).write(`${colours.yellow("!")} ${told}\n`);
  }
  return inStorage.flatMap(({ uri }) => all.get(uri) ?? []);
}

/** Metrics are metadata alone. */
function holdsNoFile(schemaTitle: string): boolean {
  return /Metrics$/.test(schemaTitle);
}

function isHere(folder: JobFolder, artifact: LocalArtifact | undefined): boolean {
  return artifact?.objects.every(({ uri }) => existsSync(folder.fileOf(uri))) ?? false;
}
