import { releaseInTurn } from "../../promote/lock.ts";
import type { ReleaseResult } from "../../promote/release.ts";
import type { Board } from "../board.ts";
import type { PreparedData, Resolution, TrainedCandidate } from "../run.ts";
import { shortVersion } from "../short-names.ts";

/** A release of the candidate on the recipe's endpoint, as a child workflow that puts everything back if it fails. */
export function promote(
  board: Board,
  { recipe, pins }: Resolution,
  data: PreparedData,
  candidate: TrainedCandidate,
  workflowId: string,
): Promise<ReleaseResult> {
  return board.stage("promote", async (say) => {
    const released = await releaseInTurn(
      {
        releaseId: workflowId,
        model: { from: "storage", uri: candidate.modelUri },
        target: recipe.promote,
        image: pins.servingImage ?? pins.trainerImage,
        ...(recipe.serve && { serve: recipe.serve }),
        dataUri: data.uri,
        labels: { recipe: recipe.name },
      },
      () => say("waits: another release is under way on this endpoint"),
    );
    say(`\`${shortVersion(released.modelVersion)}\` has 100 % of **${recipe.promote.endpoint}**`);
    return released;
  });
}
