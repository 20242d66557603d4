import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { defineCommand } from "citty";
import { stringify } from "yaml";
import { parseRecipe } from "../../../activities/resolve/read-recipe.ts";
import { readConfiguration } from "../../config/read-configuration.ts";
import { draftRecipe } from "../draft-recipe.ts";
import { guard } from "../guard.ts";
import { CommandError } from "../user-error.ts";
import { rows, terminal } from "../view/terminal.ts";
import { runRecipe } from "./run.ts";

export const tryModel = defineCommand({
  meta: { name: "try", description: "Write a recipe for a model and a file of your own, and run it." },
  args: {
    model: { type: "string", description: "The model's id on the Hub", required: true },
    data: { type: "string", description: "A CSV, JSONL or Parquet file", required: true },
    text: { type: "string", description: "Column of the text", required: true },
    label: { type: "string", description: "Column of the label", required: true },
    name: { type: "string", description: "Name of the recipe; the file's when left out" },
    detach: { type: "boolean", description: "Start it, and do not follow it" },
  },
  run: ({ args }) =>
    guard(async () => {
      const configuration = await readConfiguration();
      const { recipes } = await configuration.environment();
      const data = resolve(process.env["INIT_CWD"] ?? ".", args.data);
      if (!existsSync(data)) throw new CommandError("NOT_FOUND", `There is no file ${data}.`);
      const name = args.name ?? nameOf(data);
      const recipe = draftRecipe({
        name,
        model: args.model,
        data: relative(recipes, data),
        text: args.text,
        label: args.label,
      });
      const file = join(recipes, `${name}.yaml`);
      const yaml = stringify(recipe);
      parseRecipe(yaml, file);
      if (existsSync(file)) {
        throw new CommandError(
          "EXISTS",
          `${file} is there already: \`npx retemper run ${name}\` runs it; --name names another.`,
        );
      }
      await writeFile(file, yaml);
      terminal().write(rows([["recipe", file]]));
      return runRecipe(configuration, { recipe: name }, args.detach ?? false);
    }),
});

/** `My Tickets.csv` → `my-tickets`. */
function nameOf(file: string): string {
  const stem = basename(file)
    .replace(/\.[^.]*$/, "")
    .toLowerCase();
  return (
    stem
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replace(/^[^a-z]+/, "")
      .replace(/-+$/, "")
      .slice(0, 63) || "my-data"
  );
}
