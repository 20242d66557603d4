import { stringify } from "yaml";
import type { PublishActivities } from "../../pipelines/retrain/activities.ts";
import { shownMetrics } from "../../pipelines/retrain/evaluation.ts";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { DataPin, SourcePin } from "../../pipelines/retrain/run.ts";
import type { Evaluation } from "../../trainer/contract/generated/contract.ts";

type CardInput = Parameters<PublishActivities["publishModel"]>[0];

/** What the Hub calls a metric. https://huggingface.co/docs/hub/model-cards */
const hubMetrics: Readonly<Record<string, { readonly type: string; readonly name?: string }>> = {
  accuracy: { type: "accuracy" },
  macroF1: { type: "f1", name: "Macro F1" },
  exactMatch: { type: "exact_match" },
  rougeL: { type: "rouge", name: "ROUGE-L" },
  chrF: { type: "chrf" },
};

/** The Hub's names of our tasks. https://huggingface.co/tasks */
const hubTasks: Readonly<Record<Recipe["task"], string>> = {
  "text-classification": "text-classification",
  "multi-label-classification": "text-classification",
  "causal-lm": "text-generation",
};

/** Pairs of classes that a reader may want to know of. */
const confusionsShown = 8;

/** The `README.md` of a published model: the same text for the same run. https://huggingface.co/docs/hub/model-cards */
export function modelCard(input: CardInput): string {
  const sections = [
    frontMatter(input),
    title(input),
    metrics(input),
    perClass(input),
    confusions(input),
    data(input),
    training(input),
    usage(input),
  ];
  return `${sections.filter((section) => section !== null).join("\n\n")}\n`;
}

function frontMatter({ recipe, pins, repo, comparison: { candidate } }: CardInput): string {
  const datasets = pinsOf(pins.data).flatMap((pin) => (pin.source === "hub" ? [pin.dataset] : []));
  const [dataset = null] = datasets;
  const metadata = {
    library_name: "transformers",
    pipeline_tag: hubTasks[recipe.task],
    base_model: pins.baseModel.repo,
    ...(datasets.length === 0 ? {} : { datasets }),
    tags: ["retemper", hubTasks[recipe.task]],
    // What the Hub draws its table of results from.
    "model-index": [
      {
        name: repo,
        results: [
          {
            task: { type: hubTasks[recipe.task] },
            dataset: { name: dataset ?? recipe.name, type: dataset ?? recipe.name, split: candidate.split },
            metrics: shownMetrics(candidate.metrics)
              .filter(([key]) => key !== "loss")
              .map(([key, name, value]) => ({
                ...hubMetrics[key],
                type: hubMetrics[key]?.type ?? name,
                value: rounded(value),
              })),
          },
        ],
      },
    ],
  };
  return `---\n${stringify(metadata)}---`;
}

function title({ repo, recipe, pins, data: { labels } }: CardInput): string {
  return [
    `# ${repo}`,
    "",
    ...(recipe.description === undefined ? [] : [recipe.description, ""]),
    `[\`${pins.baseModel.repo}\`](https://huggingface.co/${pins.baseModel.repo}), ${purpose(labels)}.`,
  ].join("\n");
}

function metrics({ comparison: { candidate, champion, overall } }: CardInput): string {
  const rows = shownMetrics(candidate.metrics).map(([key, name, value]) => [
    key === "loss" ? "Loss (cross-entropy, nats)" : `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    figure(value),
    ...(champion ? [figure(champion.metrics[key])] : []),
  ]);
  const custom = Object.entries(candidate.custom ?? {}).map(([name, { value }]) => [
    name,
    figure(value),
    ...(champion ? [figure(champion.custom?.[name]?.value)] : []),
  ]);
  const head = ["Metric", "This model", ...(champion ? ["The one before"] : [])];
  const paired =
    overall === null
      ? ""
      : `\n\nOn the ${overall.rows} rows that both predicted, this model alone was right on ${overall.onlyCandidateRight}, the one before alone on ${overall.onlyChampionRight}.`;
  return `## Results\n\nOn the ${candidate.rows} rows of the ${candidate.split} split.\n\n${table(head, [...rows, ...custom])}${paired}`;
}

function perClass({ comparison: { candidate } }: CardInput): string | null {
  if (candidate.perClass.length === 0) return null;
  const rows = candidate.perClass.map(({ label, support, precision, recall, f1 }) => [
    label,
    String(support),
    figure(precision),
    figure(recall),
    figure(f1),
  ]);
  return `### By class\n\n${table(["Class", "Rows", "Precision", "Recall", "F1"], rows)}`;
}

function confusions({ comparison: { candidate } }: CardInput): string | null {
  const pairs = mostConfused(candidate);
  if (pairs.length === 0) return null;
  const rows = pairs.map(({ truth, predicted, rows }) => [truth, predicted, String(rows)]);
  return `### Most confused\n\n${table(["True class", "Predicted", "Rows"], rows)}`;
}

/** Off the diagonal of the confusion matrix, the largest first. */
export function mostConfused({
  perClass,
  confusionMatrix,
}: Evaluation): { truth: string; predicted: string; rows: number }[] {
  const name = (index: number): string => perClass[index]?.label ?? String(index);
  return confusionMatrix
    .flatMap((row, truth) => row.map((rows, predicted) => ({ truth, predicted, rows })))
    .filter(({ truth, predicted, rows }) => truth !== predicted && rows > 0)
    .sort((left, right) => right.rows - left.rows || left.truth - right.truth || left.predicted - right.predicted)
    .slice(0, confusionsShown)
    .map(({ truth, predicted, rows }) => ({ truth: name(truth), predicted: name(predicted), rows }));
}

function data({ pins, data: { rows, rejectedRows, duplicateRows } }: CardInput): string {
  return [
    "## Data",
    "",
    ...sources(pins.data),
    "",
    table(
      ["Split", "Rows"],
      [
        ["train", String(rows.train)],
        ["validation", String(rows.validation)],
        ["test", String(rows.test)],
      ],
    ),
    "",
    `${duplicateRows} duplicate rows were removed, ${rejectedRows} rows were kept aside by checks.`,
  ].join("\n");
}

function pinsOf(pin: DataPin): readonly SourcePin[] {
  return pin.source === "mix" ? pin.sources.map((source) => source.pin) : [pin];
}

function sources(data: DataPin): string[] {
  return pinsOf(data).map((pin) => {
    switch (pin.source) {
      case "hub": {
        const files = [...pin.train, ...(pin.test ?? [])];
        return `[\`${pin.dataset}\`](https://huggingface.co/datasets/${pin.dataset}) at \`${pin.revision}\`: ${files.join(", ")}.`;
      }
      case "bigquery": {
        const tables = [...pin.train.tables, ...(pin.test?.tables ?? [])];
        return tables.map(({ table, modified }) => `- \`${table}\` of BigQuery as of ${timeOf(modified)}`).join("\n");
      }
      default: {
        const lists = [pin.train, ...(pin.test === null ? [] : [pin.test])];
        return lists
          .map(({ name, files }) => `- \`${name}\`${files > 1 ? ` and ${files - 1} more files` : ""}`)
          .join("\n");
      }
    }
  });
}

function timeOf(milliseconds: string): string {
  return new Date(Number(milliseconds)).toISOString();
}

function training({ recipe, pins, workflowId, modelVersion }: CardInput): string {
  const { epochs, batchSize, maxLength, learningRate, weightDecay, warmup, seed, hardware } = recipe.train;
  const chips = "tpu" in hardware ? `TPU ${hardware.tpu} ${hardware.topology}` : hardware.machine;
  return [
    "## Training",
    "",
    table(
      ["Setting", "Value"],
      Object.entries({ epochs, batchSize, maxLength, learningRate, weightDecay, warmup, seed, hardware: chips }).map(
        ([name, value]) => [name, String(value)],
      ),
    ),
    "",
    "Every name is pinned, so that the run can be repeated:",
    "",
    `- base model \`${pins.baseModel.repo}\` at \`${pins.baseModel.revision}\``,
    `- container \`${pins.trainerImage}\``,
    `- recipe \`${pins.recipe.name}\`, hash \`${pins.recipe.hash}\``,
    `- run \`${workflowId}\`, registered as \`${modelVersion}\``,
  ].join("\n");
}

function purpose(labels: readonly string[]): string {
  return labels.length === 0
    ? "fine-tuned on conversations"
    : `fine-tuned to tell ${labels.length} classes of text apart: ${labels.join(", ")}`;
}

function usage({ repo, recipe }: CardInput): string {
  if (recipe.task === "causal-lm") {
    return [
      "## Use",
      "",
      "```python",
      "from transformers import pipeline",
      "",
      `write = pipeline("text-generation", model="${repo}")`,
      'write([{"role": "user", "content": "…"}])',
      "```",
    ].join("\n");
  }
  return [
    "## Use",
    "",
    "```python",
    "from transformers import pipeline",
    "",
    `classify = pipeline("${hubTasks[recipe.task]}", model="${repo}")`,
    `classify("…", truncation=True, max_length=${recipe.train.maxLength})`,
    "```",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function figure(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(3);
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
