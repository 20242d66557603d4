import type { Board } from "../board.ts";
import type { Resolution, SourcePin } from "../run.ts";
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
  return data.source === "mix" ? data.sources.map(({ pin }) => sourceName(pin)).join(" + ") : sourceName(data);
}

function sourceName(pin: SourcePin): string {
  switch (pin.source) {
    case "hub":
      return `\`${pin.dataset}@${pin.revision.slice(0, 8)}\``;
    case "bigquery":
      return `\`${pin.train.tables.map(({ table }) => table).join(", ")}\``;
    default:
      return `\`${pin.train.name}\`${pin.train.files > 1 ? ` and ${pin.train.files - 1} more files` : ""}`;
  }
}
