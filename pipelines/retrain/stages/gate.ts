import type { Board } from "../board.ts";
import { withDrift } from "../drift-gate.ts";
import type { Comparison } from "../evaluation.ts";
import { gate as judge, type Verdict } from "../gate.ts";
import type { GatePolicy } from "../recipe.ts";
import type { PreparedData } from "../run.ts";

/** Decides from the evaluations, and from how the data differs from the champion's. */
export function gate(
  board: Board,
  policy: GatePolicy,
  comparison: Comparison,
  { report }: PreparedData,
): Promise<Verdict> {
  return board.stage("gate", async (say) => {
    const verdict = withDrift(judge(policy, comparison), policy.drift, report?.drift ?? null);
    say(verdict.reasons[0] ?? verdict.outcome);
    return verdict;
  });
}
