import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defineCommand } from "citty";
import { readPrices } from "../../../activities/preflight/prices.ts";
import { readConfiguration } from "../../config/read-configuration.ts";
import { guard } from "../guard.ts";
import { askTrainer } from "../preflight/ask-trainer.ts";
import { findMaterial } from "../preflight/material.ts";
import { reportText } from "../preflight/report-text.ts";
import { terminal } from "../view/terminal.ts";

export const preflight = defineCommand({
  meta: { name: "preflight", description: "Whether a recipe's training fits, what it takes, what would be cheaper." },
  args: {
    recipe: { type: "positional", description: "Name of a recipe, or its file", required: true },
    "base-model": { type: "string", description: "Folder of config.json (and tokenizer.json), instead of the Hub's" },
    data: { type: "string", description: "Folder of prepared data (a manifest), instead of the last run's" },
    "largest-batch": { type: "boolean", description: "Look for the largest batch that fits: some minutes" },
    "compile-all": { type: "boolean", description: "Compile for every TPU of the table: minutes" },
    thorough: { type: "boolean", description: "Compile as the training will, instead of for an upper bound" },
    json: { type: "boolean", description: "For programs" },
  },
  run: ({ args }) =>
    guard(async () => {
      const here = process.env["INIT_CWD"] ?? ".";
      const scratch = await mkdtemp(join(tmpdir(), "retemper-preflight-"));
      try {
        const material = await findMaterial(await readConfiguration(), args.recipe, {
          baseModel: args["base-model"] === undefined ? undefined : resolve(here, args["base-model"]),
          data: args.data === undefined ? undefined : resolve(here, args.data),
          scratch,
        });
        const report = await askTrainer(material, scratch, terminal(process.stderr), {
          ...(args["largest-batch"] && { largestBatch: true }),
          ...(args["compile-all"] && { compileAlternatives: true }),
          ...(args.thorough && { effort: "full" }),
        });
        const out = terminal();
        if (args.json) out.write(`${JSON.stringify(report, null, 2)}\n`);
        else out.write(reportText(material.recipe, report, await readPrices()));
        return report.problems.length > 0 || report.hardware?.fits === false ? 1 : 0;
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    }),
});
