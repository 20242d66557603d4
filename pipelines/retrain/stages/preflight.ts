import { ApplicationFailure } from "@temporalio/workflow";
import type { Board } from "../board.ts";
import type { PreparedData, Resolution, SpecReference } from "../run.ts";
import { quick } from "./activities.ts";

/** Generates the pipeline spec, and finds before a cent is spent what would fail after it is. */
export function preflight(
  board: Board,
  { recipe, pins, request }: Resolution,
  data: PreparedData,
): Promise<SpecReference> {
  return board.stage("preflight", async (say) => {
    const spec = await quick.compileTrainAndEvaluate.executeWithOptions({ summary: "generate the pipeline spec" }, [
      { recipe, pins, fresh: request.force ?? false },
    ]);
    const report = await quick.preflight.executeWithOptions({ summary: "schema, limits, hardware, budget" }, [
      { recipe, spec, data },
    ]);
    if (report.problems.length > 0) {
      const list = report.problems.map((problem) => `${problem.code}: ${problem.message}`);
      throw ApplicationFailure.nonRetryable(list.join("\n"), "PreflightFailed", { problems: report.problems });
    }
    const price = report.price
      ? `, $${report.price.usdPerHour.toFixed(2)} an hour (prices of ${report.price.asOf})`
      : "";
    say(`spec \`${spec.digest.slice(0, 12)}\` for ${report.hardware}${price}`);
    return spec;
  });
}
