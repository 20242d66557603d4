import type { SpecReference } from "../../pipelines/retrain/run.ts";
import { type PipelineSpec, validateSpec } from "../../specs/ir/index.ts";
import type { Clients } from "../clients/clients.ts";
import { canonicalJson, sha256 } from "../digest.ts";
import { UserError } from "../errors.ts";

/** Puts a spec where its digest says; one that is there already is the same. */
export async function storeSpec({ environment, storage }: Clients, spec: PipelineSpec): Promise<SpecReference> {
  const text = canonicalJson(spec);
  const digest = sha256(text);
  const uri = `gs://${environment.bucket}/specs/${digest}.json`;
  await storage.writeText(uri, text, { contentType: "application/json", ifGenerationMatch: 0 });
  return { uri, digest, name: spec.pipelineInfo?.name ?? "" };
}

/** Throws `InvalidSpec` with every problem. */
export function requireSpec(document: unknown, source: string): PipelineSpec {
  const problems = validateSpec(document);
  if (problems.length === 0) return document as PipelineSpec;
  throw new UserError("InvalidSpec", `${source} is no pipeline spec that Vertex would take`, problems);
}
