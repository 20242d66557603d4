import type { Board } from "../board.ts";
import type { Resolution } from "../run.ts";
import { shortVersion } from "../short-names.ts";
import { quick } from "./activities.ts";

/** Every name becomes a pin; what is wrong with the request or the recipe ends the run here. */
export function resolve(board: Board, request: unknown, workflowId: string): Promise<Resolution> {
  return board.stage("resolve", async (say) => {
    const resolution = await quick.resolveRun.executeWithOptions({ summary: "turn names into pins" }, [
      { request, workflowId },
    ]);
    const { recipe, pins, champion } = resolution;
    board.about(recipe.name, recipe.promote.endpoint, resolution.request.note ?? null);
    say(
      `\`${pins.baseModel.repo}@${pins.baseModel.revision.slice(0, 8)}\` on ${dataName(resolution)}; ` +
        (champion ? `champion \`${shortVersion(champion.modelVersion)}\`` : "no champion yet"),
    );
    return resolution;
  });
}

function dataName({ pins: { data } }: Resolution): string {
  return data.source === "hub"
    ? `\`${data.dataset}@${data.revision.slice(0, 8)}\``
    : `\`${data.train.uri.slice(data.train.uri.lastIndexOf("/") + 1)}\``;
}
