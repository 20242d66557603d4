import { CancellationScope } from "@temporalio/workflow";
import { championAlias } from "../../promote/champion-alias.ts";
import type { ReleaseResult } from "../../promote/release.ts";
import type { Board } from "../board.ts";
import type { Comparison } from "../evaluation.ts";
import type { PreparedData, Resolution, TrainedCandidate } from "../run.ts";
import { shortVersion } from "../short-names.ts";
import { long, quick } from "./activities.ts";

/** Model, card and evaluation go to the Hub; returns the commit, or null where the recipe names no repo. */
export function publish(
  board: Board,
  { recipe, pins }: Resolution,
  data: PreparedData,
  candidate: TrainedCandidate,
  comparison: Comparison,
  { modelVersion }: ReleaseResult,
  workflowId: string,
): Promise<string | null> {
  return board.stage("publish", async (say) => {
    try {
      if (!recipe.publish) {
        say("the recipe names no repo");
        return null;
      }
      const { url, commit } = await long.publishModel.executeWithOptions(
        { summary: `commit to ${recipe.publish.repo}` },
        [
          {
            ...recipe.publish,
            recipe,
            pins,
            candidate,
            data,
            modelVersion,
            decision: "promoted",
            comparison,
            workflowId,
          },
        ],
      );
      board.link("model on the Hub", url);
      say(`[${recipe.publish.repo}](${url})`);
      return commit;
    } finally {
      // Last of all, so that whoever follows the alias finds everything else in place; and whatever happened
      // above, because the traffic has moved.
      await CancellationScope.nonCancellable(() =>
        quick.moveAlias.executeWithOptions({ summary: `${championAlias} → ${shortVersion(modelVersion)}` }, [
          { modelVersion, alias: championAlias },
        ]),
      );
    }
  });
}
