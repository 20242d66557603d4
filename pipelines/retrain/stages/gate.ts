import type { Board } from "../board.ts";
import type { Comparison } from "../evaluation.ts";
import { gate as judge, type Verdict } from "../gate.ts";
import type { GatePolicy } from "../recipe.ts";
import type { PreparedData } from "../run.ts";

/** A drift of the data decides nothing: whoever reads the reasons should know of it. */
export function gate(
  board: Board,
  policy: GatePolicy,
  comparison: Comparison,
  { report }: PreparedData,
): Promise<Verdict> {
  return board.stage("gate", async (say) => {
    const verdict = judge(policy, comparison);
    say(verdict.reasons[0] ?? verdict.outcome);
    const drift = report?.drift;
    if (!drift || drift.verdict === "none") return verdict;
    return { ...verdict, reasons: [...verdict.reasons, `The data shows ${drift.sentence}.`] };
  });
}
