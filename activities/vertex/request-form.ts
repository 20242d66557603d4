import type { RequestForm } from "../../pipelines/promote/serve.ts";

/** Of a test: whether it answers is what is asked. */
const maximumTokens = 32;

/** A text, as the container wants it. */
export function instanceOf(form: RequestForm, text: string) {
  switch (form) {
    case "trainer":
      return text;
    case "vllm":
      return { prompt: text, max_tokens: maximumTokens, temperature: 0 };
    case "tei":
      return { inputs: text, truncate: true };
  }
}

/** What is wrong with an answer, in words; null when it keeps the container's contract. */
export function flawOf(form: RequestForm, prediction: unknown, labels: ReadonlySet<string> | null): string | null {
  switch (form) {
    case "trainer":
      return flawOfTrainer(prediction, labels);
    case "vllm":
      if (typeof prediction !== "string") return "its prediction is no text";
      return prediction === "" ? "its prediction is empty" : null;
    case "tei":
      return flawOfTei(prediction, labels);
  }
}

/** Every label with its probability. */
function flawOfTei(prediction: unknown, labels: ReadonlySet<string> | null): string | null {
  if (!Array.isArray(prediction) || prediction.length === 0) return "it gave no prediction";
  const flaws = (prediction as unknown[]).map((each) => flawOfTrainer(each, labels));
  return flaws.find((flaw) => flaw !== null) ?? null;
}

function flawOfTrainer(prediction: unknown, labels: ReadonlySet<string> | null): string | null {
  if (typeof prediction !== "object" || prediction === null) return "it gave no prediction";
  const { label, score, text, finishReason } = prediction as Readonly<Record<string, unknown>>;
  if (text !== undefined) {
    if (typeof text !== "string") return "its text is no text";
    return finishReason === "stop" || finishReason === "length" ? null : `it ended by ${String(finishReason)}`;
  }
  if (typeof label !== "string") return "its prediction has no label";
  if (typeof score !== "number" || !(score >= 0 && score <= 1))
    return `its score is ${String(score)}, not a probability`;
  if (labels !== null && !labels.has(label)) return `its label ${label} is none of the model's`;
  return null;
}
