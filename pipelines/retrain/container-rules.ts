import type { Problem } from "../schema/problems.ts";
import type { Recipe } from "./recipe.ts";

/** What tasks each container serves. TEI's probabilities are a softmax, which those of several labels are not. */
const servedTasks: Readonly<Record<"vllm" | "tei", readonly string[]>> = {
  vllm: ["causal-lm"],
  tei: ["text-classification"],
};

/** What of a recipe does not go together with the container that serves. */
export function containerProblems({ task, serve, promote }: Recipe): Problem[] {
  const problems: Problem[] = [];
  if (serve?.container !== "vllm" && serve?.container !== "tei") return problems;
  const served = servedTasks[serve.container];
  if (!served.includes(task)) {
    problems.push({
      path: "serve.container",
      message: `${serve.container} does not serve ${task}; it serves ${served.join(", ")}`,
    });
  }
  // Machines with a letter and a digit before the first hyphen that have no GPU of their own.
  if (serve.container === "vllm" && /^(c|e|m|n|t)\d/.test(promote.machine)) {
    problems.push({
      path: "promote.machine",
      message: `is ${promote.machine}; vllm needs a machine with GPUs, such as a3-highgpu-1g`,
    });
  }
  return problems;
}
