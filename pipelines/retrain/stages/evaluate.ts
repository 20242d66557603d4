import type { Board } from "../board.ts";
import { type Comparison, shownMetrics } from "../evaluation.ts";
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
    const [first] = shownMetrics(mine.metrics);
    const [key, name, value] = first ?? ["loss", "loss", mine.metrics.loss];
    const theirs = champion?.metrics[key];
    say(
      `${name} ${value.toFixed(3)}` +
        (theirs === undefined ? "" : ` against the champion's ${theirs.toFixed(3)}`) +
        ` on ${mine.rows} rows`,
    );
    return comparison;
  });
}
