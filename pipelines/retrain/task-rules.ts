import type { Problem } from "../schema/problems.ts";
import type { Metrics } from "./evaluation.ts";
import type { Recipe } from "./recipe.ts";

/** What of a recipe makes no sense for its task, or lacks what it needs. */
export function taskProblems(recipe: Recipe): readonly Problem[] {
  const { command, image } = recipe.train;
  const lacking: Problem[] =
    command !== undefined && image === undefined
      ? [{ path: "train.command", message: "is to run in a container of yours; train.image names none" }]
      : [];
  return [
    ...lacking,
    ...customProblems(recipe),
    ...(recipe.task === "causal-lm" ? writingProblems(recipe) : labellingProblems(recipe)),
  ];
}

/** Names that evaluations have of their own; the trainer refuses the same, but only after a training. */
const builtIn: Readonly<Record<keyof Metrics | "rowsPerSecond", true>> = {
  accuracy: true,
  macroF1: true,
  loss: true,
  auroc: true,
  calibrationError: true,
  perplexity: true,
  exactMatch: true,
  rougeL: true,
  chrF: true,
  tokens: true,
  rowsPerSecond: true,
};

/** Of a team's own metrics. */
function customProblems({ evaluate, gate, train }: Recipe): Problem[] {
  const names = (evaluate?.metrics ?? []).map(({ name }) => name);
  const elsewhere = names.length > 0 && train.command !== undefined;
  return [
    ...names.flatMap((name, index) => {
      const path = `evaluate.metrics[${index}].name`;
      if (names.indexOf(name) < index) return [{ path, message: `is ${name}, as that of another metric` }];
      return Object.hasOwn(builtIn, name) ? [{ path, message: `is ${name}, which every evaluation may have` }] : [];
    }),
    ...(elsewhere
      ? [
          {
            path: "evaluate.metrics",
            message: "needs your modules where it is evaluated; with train.command that is Retemper's own image",
          },
        ]
      : []),
    ...Object.keys(gate.thresholds.custom ?? {})
      .filter((name) => !names.includes(name))
      .map((name) => ({ path: `gate.thresholds.custom.${name}`, message: "names no metric of evaluate.metrics" })),
  ];
}

function writingProblems({ train, gate, evaluate }: Recipe): Problem[] {
  const { thresholds, champion } = gate;
  const writes = evaluate?.maxNewTokens !== 0;
  return [
    ...given(
      { "train.classWeights": train.classWeights, "train.headLearningRate": train.headLearningRate },
      (path) => ({
        path,
        message: "is of tasks with labels; causal-lm has none",
      }),
    ),
    ...given(
      { "gate.thresholds.accuracy": thresholds.accuracy, "gate.thresholds.macroF1": thresholds.macroF1 },
      (path) => ({ path, message: "is of tasks with labels; causal-lm has perplexity, exactMatch, rougeL and chrF" }),
    ),
    ...oneOf("train.selectBy", train.selectBy, ["loss", "last"]),
    ...oneOf("gate.champion.metric", champion.metric, writes ? ["loss", "exactMatch"] : ["loss"]),
    ...given(
      writes
        ? {}
        : {
            "gate.thresholds.exactMatch": thresholds.exactMatch,
            "gate.thresholds.rougeL": thresholds.rougeL,
            "gate.thresholds.chrF": thresholds.chrF,
          },
      (path) => ({ path, message: "needs what the model writes, and evaluate.maxNewTokens is 0" }),
    ),
  ];
}

function labellingProblems({ task, train, gate, evaluate }: Recipe): Problem[] {
  const { perplexity, exactMatch, rougeL, chrF } = gate.thresholds;
  const ofWriting = {
    "train.lora": train.lora,
    "evaluate.maxNewTokens": evaluate?.maxNewTokens,
    "gate.thresholds.perplexity": perplexity,
    "gate.thresholds.exactMatch": exactMatch,
    "gate.thresholds.rougeL": rougeL,
    "gate.thresholds.chrF": chrF,
  };
  return [
    ...given(ofWriting, (path) => ({ path, message: `is of causal-lm; the task is ${task}` })),
    ...oneOf("gate.champion.metric", gate.champion.metric, ["accuracy", "macroF1"]),
  ];
}

function given(values: Readonly<Record<string, unknown>>, problem: (path: string) => Problem): Problem[] {
  return Object.entries(values).flatMap(([path, value]) => (value === undefined ? [] : [problem(path)]));
}

function oneOf(path: string, value: string | undefined, allowed: readonly string[]): Problem[] {
  return value === undefined || allowed.includes(value)
    ? []
    : [{ path, message: `is ${value}; for this task it is ${allowed.join(" or ")}` }];
}
