import { defineCommand } from "citty";
import { createClients } from "../../../activities/clients/clients.ts";
import { findChampion } from "../../../activities/vertex/champion.ts";
import { predict as ask } from "../../../activities/vertex/predict.ts";
import { readConfiguration } from "../../config/read-configuration.ts";
import { guard } from "../guard.ts";
import { terminal } from "../view/terminal.ts";

const timeoutMilliseconds = 30_000;

export const predict = defineCommand({
  meta: { name: "predict", description: "Ask an endpoint." },
  args: {
    endpoint: { type: "positional", description: "The endpoint's name", required: true },
    text: { type: "positional", description: "The text", required: true },
  },
  run: ({ args }) =>
    guard(async () => {
      const configuration = await readConfiguration();
      const clients = createClients(await configuration.environment(), configuration.readVariable);
      try {
        const form = (await findChampion(clients, args.endpoint))?.requests;
        const answer = await ask(clients, args.endpoint, args.text, timeoutMilliseconds, form);
        terminal().write(`${JSON.stringify(answer)}\n`);
        return 0;
      } finally {
        await clients.close();
      }
    }),
});
