import { stringify } from "yaml";
import type { PublishActivities } from "../../pipelines/retrain/activities.ts";
import type { DataPin } from "../../pipelines/retrain/run.ts";
import type { Evaluation } from "../../trainer/contract/generated/contract.ts";

type CardInput = Parameters<PublishActivities["publishModel"]>[0];

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
  const dataset = pins.data.source === "hub" ? pins.data.dataset : null;
  const metadata = {
    library_name: "transformers",
    pipeline_tag: recipe.task,
    base_model: pins.baseModel.repo,
    ...(dataset === null ? {} : { datasets: [dataset] }),
    tags: ["retemper", recipe.task],
    // What the Hub draws its table of results from.
    "model-index": [
      {
        name: repo,
        results: [
          {
            task: { type: recipe.task },
            dataset: { name: dataset ?? recipe.name, type: dataset ?? recipe.name, split: candidate.split },
            metrics: [
              { type: "accuracy", value: rounded(candidate.metrics.accuracy) },
              { type: "f1", name: "Macro F1", value: rounded(candidate.metrics.macroF1) },
            ],
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
    `[\`${pins.baseModel.repo}\`](https://huggingface.co/${pins.baseModel.repo}), fine-tuned to tell ${labels.length} classes of text apart: ${labels.join(", ")}.`,
  ].join("\n");
}

function metrics({ comparison: { candidate, champion, overall } }: CardInput): string {
  const names = [
    ["Accuracy", "accuracy"],
    ["Macro F1", "macroF1"],
    ["Loss (cross-entropy, nats)", "loss"],
  ] as const;
  const rows = names.map(([name, key]) => [
    name,
    figure(candidate.metrics[key]),
    ...(champion ? [figure(champion.metrics[key])] : []),
  ]);
  const head = ["Metric", "This model", ...(champion ? ["The one before"] : [])];
  const paired =
    overall === null
      ? ""
      : `\n\nOn the ${overall.rows} rows that both predicted, this model alone was right on ${overall.onlyCandidateRight}, the one before alone on ${overall.onlyChampionRight}.`;
  return `## Results\n\nOn the ${candidate.rows} rows of the ${candidate.split} split.\n\n${table(head, rows)}${paired}`;
}

function perClass({ comparison: { candidate } }: CardInput): string {
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

function sources(pin: DataPin): string[] {
  if (pin.source === "hub") {
    const files = [pin.train, ...(pin.test === null ? [] : [pin.test])];
    return [
      `[\`${pin.dataset}\`](https://huggingface.co/datasets/${pin.dataset}) at \`${pin.revision}\`: ${files.join(", ")}.`,
    ];
  }
  const files = [pin.train, ...(pin.test === null ? [] : [pin.test])];
  return files.map((file) => `- a file with the sha256 \`${file.sha256}\``);
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

function usage({ repo, recipe }: CardInput): string {
  return [
    "## Use",
    "",
    "```python",
    "from transformers import pipeline",
    "",
    `classify = pipeline("${recipe.task}", model="${repo}")`,
    `classify("…", truncation=True, max_length=${recipe.train.maxLength})`,
    "```",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function figure(value: number): string {
  return value.toFixed(3);
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
