import type { Executor } from "../../ir/types.ts";
import type { Runs } from "./flow.ts";

/** What a task's program is, by the marks that the SDKs leave in its command. */
export function whatRuns(executor: Executor): Runs {
  if (executor.importer !== undefined) return "importer";
  const { container } = executor;
  if (container === undefined) return "nothing";
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const has = (text: string) => words.some((word) => word.includes(text));
  if (has("google_cloud_pipeline_components.container.v1.custom_job")) return "custom-job";
  if (has("google_cloud_pipeline_components") || container.image?.includes("google-cloud-pipeline-components"))
    return "google-cloud";
  if (has("kfp.dsl.executor_main") || has("kfp.components.executor_main")) return "python";
  if (/(^|\/)node(:|@|$)/.test(container.image ?? "") && has("{{$}}")) return "typescript";
  return "container";
}
