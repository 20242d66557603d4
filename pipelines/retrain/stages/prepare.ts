import type { Board } from "../board.ts";
import type { PreparedData, Resolution } from "../run.ts";
import { long } from "./activities.ts";

/** The base model's files and the checked, split data lie in Cloud Storage after this. */
export function prepare(board: Board, { recipe, pins, champion }: Resolution): Promise<PreparedData> {
  return board.stage("prepare", async (say) => {
    const data = await long.prepareData.executeWithOptions({ summary: "mirror the model, check and split the data" }, [
      { recipe, pins, champion },
    ]);
    const { train, validation, test } = data.rows;
    say(
      `${train} + ${validation} + ${test} rows, ${data.labels.length} labels` +
        (data.duplicateRows > 0 ? `, ${data.duplicateRows} duplicates removed` : "") +
        (data.rejectedRows > 0 ? `, ${data.rejectedRows} rows kept aside` : ""),
    );
    return data;
  });
}
