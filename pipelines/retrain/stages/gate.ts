import type { Board } from "../board.ts";
import type { Comparison } from "../evaluation.ts";
import { gate as judge, type Verdict } from "../gate.ts";
import type { GatePolicy } from "../recipe.ts";

export function gate(board: Board, policy: GatePolicy, comparison: Comparison): Promise<Verdict> {
  return board.stage("gate", async (say) => {
    const verdict = judge(policy, comparison);
    say(verdict.reasons[0] ?? verdict.outcome);
    return verdict;
  });
}
