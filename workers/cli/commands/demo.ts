import { defineCommand } from "citty";
import { connect } from "../../client/connect.ts";
import { runUrl } from "../../client/names.ts";
import { triggerSchedule } from "../../client/schedules.ts";
import { readConfiguration } from "../../config/read-configuration.ts";
import { followRun } from "../follow-run.ts";
import { guard } from "../guard.ts";
import { CommandError } from "../user-error.ts";
import { rows, terminal } from "../view/terminal.ts";
import { demoRecipe } from "./start.ts";

const grow = defineCommand({
  meta: { name: "grow", description: "The data's second revision arrives; the schedule's trigger retrains." },
  run: () =>
    guard(async () => {
      const configuration = await readConfiguration();
      if (configuration.presets.hub !== "local") {
        throw new CommandError(
          "NOT_LOCAL",
          "Only the local Hub's data can be made to grow; the configuration has the real one.",
        );
      }
      await using temporal = await connect(configuration);
      const { client, environment } = temporal;
      const out = terminal();
      const answer = await fetch(new URL("/__admin/grow", environment.hub.url), { method: "POST" });
      if (!answer.ok) {
        throw new CommandError("GROW_FAILED", `The local Hub answered ${answer.status}: ${await answer.text()}`);
      }
      const workflowId = await triggerSchedule(client, demoRecipe);
      const { uiUrl, namespace } = environment.temporal;
      out.write("The second revision of the data has arrived, and the schedule was triggered.\n");
      out.write(`${rows([["run", uiUrl ? runUrl(uiUrl, namespace, workflowId) : workflowId]])}\n`);
      const { end } = await followRun(client, workflowId, out);
      return end.ended === "completed" ? 0 : 1;
    }),
});

export const demo = defineCommand({
  meta: { name: "demo", description: "What one waits for in life, at once." },
  subCommands: { grow },
});
