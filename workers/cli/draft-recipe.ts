/** What `retemper try` asks for. */
export interface Draft {
  readonly name: string;
  readonly model: string;
  /** Relative to the recipe. */
  readonly data: string;
  readonly text: string;
  readonly label: string;
}

/**
 * A recipe for a first try on data of one's own: a small TPU, no threshold that nobody has reasons for yet, and short
 * canary steps. What it leaves out has the schema's defaults.
 */
export function draftRecipe({ name, model, data, text, label }: Draft): object {
  return {
    name,
    description: `${model} on ${data}`,
    task: "text-classification",
    model: { base: model },
    data: { source: "file", train: data },
    columns: { text, label },
    train: { epochs: 2, batchSize: 32, maxLength: 128, learningRate: 2e-4, hardware: { tpu: "v5e", topology: "1x1" } },
    gate: { thresholds: {} },
    promote: {
      endpoint: name,
      canary: [
        { percent: 10, bake: "10s" },
        { percent: 50, bake: "10s" },
      ],
      cooldown: "10s",
    },
  };
}
