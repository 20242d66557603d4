import { defineCommand } from "citty";
import colours from "picocolors";
import { recipeNames } from "../../../activities/resolve/read-recipe.ts";
import { connect } from "../../client/connect.ts";
import { recentRuns } from "../../client/runs.ts";
import { readConfiguration } from "../../config/read-configuration.ts";
import { guard } from "../guard.ts";
import { askInstance } from "../supervisor/instance.ts";
import { rows, terminal } from "../view/terminal.ts";

export const status = defineCommand({
  meta: { name: "status", description: "What runs, and the latest runs." },
  run: () =>
    guard(async () => {
      const configuration = await readConfiguration();
      const out = terminal();
      const instance = await askInstance(configuration.state);
      out.write(instance ? `${colours.bold("Running")} (process ${instance.pid})\n` : "No supervisor runs here.\n");
      if (instance) out.write(rows(Object.entries(instance.services)));
      await using temporal = await connect(configuration);
      const runs = await recentRuns(temporal.client, 10);
      out.write(`\n${colours.bold("Runs")}\n`);
      out.write(
        runs.length === 0
          ? "  none yet\n"
          : rows(
              runs.map(({ id, state, decision, startedAt }) => [
                startedAt.toLocaleString(),
                `${id}  ${decision ?? state}`,
              ]),
            ),
      );
      out.write(`\n${colours.bold("Recipes")}\n  ${(await recipeNames(temporal.environment.recipes)).join("\n  ")}\n`);
      return 0;
    }),
});
