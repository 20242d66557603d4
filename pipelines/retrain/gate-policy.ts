import { type Static, Type } from "typebox";

const closed = { additionalProperties: false } as const;
const Share = Type.Number({ minimum: 0, maximum: 1 });

/** The recipe's `gate`: what a candidate must reach, and how it is held against the champion. */
export const GateSchema = Type.Object(
  {
    thresholds: Type.Object(
      {
        accuracy: Type.Optional(Share),
        macroF1: Type.Optional(Share),
        perplexity: Type.Optional(Type.Number({ minimum: 1, description: "Greatest value, of causal-lm." })),
        exactMatch: Type.Optional(Share),
        rougeL: Type.Optional(Share),
        chrF: Type.Optional(Share),
        custom: Type.Optional(
          Type.Record(Type.String(), Type.Number(), {
            description: "Of metrics of `evaluate.metrics`: least value, or the greatest where lower is better.",
          }),
        ),
      },
      {
        ...closed,
        default: {},
        description: "Least value of each metric on the test split; of perplexity the greatest.",
      },
    ),
    champion: Type.Object(
      {
        metric: Type.Optional(
          Type.Enum(["accuracy", "macroF1", "loss", "exactMatch"], {
            description: "What must gain; when left out accuracy, or loss for causal-lm.",
          }),
        ),
        minimumGain: Type.Number({
          default: 0,
          description: "Least gain over the champion, as a difference of the metric; of loss, nats a token.",
        }),
        alpha: Type.Number({
          exclusiveMinimum: 0,
          maximum: 1,
          default: 0.05,
          description: "Significance level of the paired test.",
        }),
      },
      { ...closed, default: {} },
    ),
    slices: Type.Object(
      {
        maximumDrop: Type.Number({
          minimum: 0,
          default: 0.05,
          description:
            "The most that a slice's accuracy may fall, or its loss rise (nats a token), where that is significant.",
        }),
        minimumRows: Type.Integer({ minimum: 1, default: 50 }),
      },
      { ...closed, default: {} },
    ),
    drift: Type.Optional(
      Type.Object(
        {
          maximumIndex: Type.Number({
            minimum: 0,
            default: 0.25,
            description: "Greatest population stability index of any column.",
          }),
          maximumTextDistance: Type.Number({
            minimum: 0,
            default: 0.06,
            description: "Greatest distance of the texts: the maximum mean discrepancy, as a share of their spread.",
          }),
          onDrift: Type.Enum(["tell", "hold", "refuse"], {
            default: "tell",
            description: "What happens to a candidate whose data is beyond a bound, significantly.",
          }),
        },
        { ...closed, description: "How the training rows may differ from the champion's; only told when left out." },
      ),
    ),
  },
  closed,
);
export type GatePolicy = Static<typeof GateSchema>;
