import { readFileSync } from "node:fs";
import { VertexError } from "../../wire/errors.ts";
import { isArray, isObject, type Json } from "../../wire/json.ts";
import type { ComponentRun } from "./component.ts";

/** Which option brings the metrics of which problem, and their schema. */
const problems = {
  classification: "classification_metrics_1.0.0",
  regression: "regression_metrics_1.0.0",
  forecasting: "forecasting_metrics_1.0.0",
  "text-generation": "general_text_generation_metrics_1.0.0",
  "question-answering": "question_answering_metrics_1.0.0",
  summarization: "summarization_metrics_1.0.0",
  embedding: "embedding_metrics_1.0.0",
} as const;
type Problem = keyof typeof problems;

/** Of these the file holds the metrics themselves; of the others, those of every slice. */
const unsliced: readonly Problem[] = ["text-generation", "question-answering", "summarization", "embedding"];

/** Imports the overall metrics of a file as an evaluation of a model; metrics of slices are not imported. */
export async function importModelEvaluation(run: ComponentRun): Promise<void> {
  const { options, dependencies, execution } = run;
  const { problem, path } = metricsOf(run);
  const model = options.require("--model_name");
  const file = dependencies.containers.mount.localPath(path);
  if (file === undefined) throw new VertexError("INVALID_ARGUMENT", `${path} should be in Cloud Storage.`);
  const metrics = overall(JSON.parse(readFileSync(file, "utf8")) as Json, problem);
  const metadata = {
    pipeline_job_id: options.get("--pipeline_job_id"),
    pipeline_job_resource_name: options.get("--pipeline_job_resource_name"),
    evaluation_dataset_type: options.get("--dataset_type"),
    evaluation_dataset_path: datasets(options.get("--dataset_paths"), options.get("--dataset_path")),
  };
  const name = run.begin(() =>
    dependencies.api.call("ModelService", "ImportModelEvaluation", {
      parent: model,
      modelEvaluation: {
        ...(options.get("--display_name") === "" ? {} : { displayName: options.get("--display_name") }),
        metricsSchemaUri: `gs://google-cloud-aiplatform/schema/modelevaluation/${problems[problem]}.yaml`,
        metrics,
        metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value.length > 0)),
      },
    }),
  );
  execution.signal.throwIfAborted();
  run.write(options.require("--evaluation_resource_name"), name);
  run.writeResources([{ resourceType: "ModelEvaluation", name }]);
}

function metricsOf({ options }: ComponentRun): { readonly problem: Problem; readonly path: string } {
  for (const problem of Object.keys(problems) as Problem[]) {
    const path = options.get(`--${problem.replaceAll("-", "_")}_metrics`);
    if (path !== "") return { problem, path };
  }
  const problem = options.require("--problem_type");
  if (!Object.hasOwn(problems, problem)) {
    throw new VertexError(
      "INVALID_ARGUMENT",
      `Unsupported problem_type: ${problem}. Supported problem types are: ${Object.keys(problems).join(", ")}`,
    );
  }
  return { problem: problem as Problem, path: options.require("--metrics") };
}

function overall(file: Json, problem: Problem): Json {
  if (unsliced.includes(problem)) return file;
  const slices = isObject(file) ? file["slicedMetrics"] : undefined;
  const [first] = slices !== undefined && isArray(slices) ? slices : [];
  const metrics = isObject(first) ? first["metrics"] : undefined;
  const [values] = isObject(metrics) ? Object.values(metrics) : [];
  if (values === undefined) throw new VertexError("INVALID_ARGUMENT", "The metrics file has no slicedMetrics.");
  return values;
}

function datasets(list: string, one: string): readonly string[] {
  const paths = list === "" ? [] : (JSON.parse(list) as Json);
  return [...(isArray(paths) ? paths.map(String) : []), ...(one === "" ? [] : [one])] satisfies readonly string[];
}
