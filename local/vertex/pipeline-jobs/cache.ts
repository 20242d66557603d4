import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheKeyText } from "../../../specs/ir/cache-key.ts";
import type {
  ComponentSpecJson,
  PipelineDeploymentConfig_ExecutorSpecJson,
} from "../../../specs/ir/generated/pipeline_spec_pb.js";
import type { Mount } from "../processes/mount.ts";
import type { Collection, Store } from "../store/store.ts";
import { mapValues } from "../wire/json.ts";
import { locationOf } from "../wire/names.ts";
import type { ArtifactRecord, PipelineJobRecord, Values } from "./records.ts";

interface Entry {
  readonly outputs: Values;
  /** Of the output artifacts' files, as the task left them. */
  readonly content: string;
}

/**
 * Outputs of tasks that succeeded, found again by Vertex's key within one pipeline name, and by the content of the
 * artifacts, so that files that were overwritten or deleted since are no hit.
 */
export class TaskCache {
  readonly #entries: Collection<Entry>;
  readonly #mount: Mount;

  constructor(store: Store, mount: Mount) {
    this.#entries = store.collection("task-cache");
    this.#mount = mount;
  }

  key(
    job: PipelineJobRecord,
    component: ComponentSpecJson,
    executor: PipelineDeploymentConfig_ExecutorSpecJson,
    inputs: Values,
    chosen: string | undefined,
  ): string {
    const artifacts = mapValues(inputs.artifacts, (list) => list.map(({ name }) => name));
    const digest = createHash("sha256").update(
      cacheKeyText({ component, executor, parameters: inputs.parameters, artifacts, chosen }),
    );
    if (!chosen) digest.update(this.#content(inputs.artifacts));
    return `${locationOf(job.name).name}/${job.pipelineName}/${digest.digest("hex")}`;
  }

  find(key: string): Values | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.content === this.#content(entry.outputs.artifacts) ? entry.outputs : undefined;
  }

  remember(key: string, outputs: Values): void {
    this.#entries.put(key, "", { outputs, content: this.#content(outputs.artifacts) });
  }

  /** Paths, sizes and times of all files: what a bucket's generations say of its objects. */
  #content(artifacts: Values["artifacts"]): string {
    const hash = createHash("sha256");
    for (const artifact of Object.values(artifacts).flat() as ArtifactRecord[]) {
      const path = this.#mount.localPath(artifact.uri);
      hash.update(`${artifact.uri}\n`);
      if (path !== undefined) for (const line of listFiles(path)) hash.update(`${line}\n`);
    }
    return hash.digest("hex");
  }
}

function listFiles(path: string): string[] {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return ["absent"];
  if (!stat.isDirectory()) return [`${stat.size} ${stat.mtimeNs}`];
  return readdirSync(path)
    .sort()
    .flatMap((name) => listFiles(join(path, name)).map((line) => `${name}/${line}`));
}
