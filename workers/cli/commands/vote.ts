import { userInfo } from "node:os";
import { defineCommand } from "citty";
import { connect } from "../../client/connect.ts";
import * as runs from "../../client/runs.ts";
import { readConfiguration } from "../../config/read-configuration.ts";
import { guard } from "../guard.ts";
import { terminal } from "../view/terminal.ts";

const workflow = { type: "positional", description: "Workflow id of the run", required: true } as const;
const by = { type: "string", description: "Who you are; your user name when left out" } as const;

export const approve = defineCommand({
  meta: { name: "approve", description: "Let a waiting candidate be promoted." },
  args: { workflow, by, reason: { type: "string", description: "Why, for the record" } },
  run: ({ args }) =>
    guard(async () => {
      await using temporal = await connect(await readConfiguration());
      const vote = { by: args.by ?? userInfo().username, ...(args.reason && { reason: args.reason }) };
      terminal().write(`${args.workflow}: ${await runs.approve(temporal.client, args.workflow, vote)}\n`);
      return 0;
    }),
});

export const reject = defineCommand({
  meta: { name: "reject", description: "End a waiting run without promotion." },
  args: { workflow, by, reason: { type: "string", description: "Why", required: true } },
  run: ({ args }) =>
    guard(async () => {
      await using temporal = await connect(await readConfiguration());
      const vote = { by: args.by ?? userInfo().username, reason: args.reason };
      terminal().write(`${args.workflow}: ${await runs.reject(temporal.client, args.workflow, vote)}\n`);
      return 0;
    }),
});
