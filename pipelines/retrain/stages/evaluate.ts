import type { Board } from "../board.ts";
import type { Comparison } from "../evaluation.ts";
import type { TrainedCandidate } from "../run.ts";
import { quick } from "./activities.ts";

/** Candidate and champion, paired row by row. */
export function evaluate(board: Board, candidate: TrainedCandidate): Promise<Comparison> {
  return board.stage("evaluate", async (say) => {
    const comparison = await quick.compareEvaluations.executeWithOptions({ summary: "pair the predictions" }, [
      candidate,
    ]);
    const { candidate: mine, champion } = comparison;
    board.metrics({ candidate: mine.metrics, champion: champion?.metrics ?? null });
    say(
      `accuracy ${mine.metrics.accuracy.toFixed(3)}` +
        (champion ? ` against the champion's ${champion.metrics.accuracy.toFixed(3)}` : "") +
        ` on ${mine.rows} rows`,
    );
    return comparison;
  });
}
