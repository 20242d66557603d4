import { defineCommand } from "citty";
import { guard } from "../guard.ts";
import { readSpec } from "../specs/read-spec.ts";
import { terminal } from "../view/terminal.ts";

export const diff = defineCommand({
  meta: { name: "diff", description: "What has changed between two pipelines, and which tasks will run again." },
  args: {
    before: { type: "positional", description: "YAML or JSON, or module#export", required: true },
    after: { type: "positional", description: "The same, later", required: true },
    json: { type: "boolean", description: "For programs" },
  },
  run: ({ args }) =>
    guard(async () => {
      const [before, after] = await Promise.all([readSpec(args.before), readSpec(args.after)]);
      const { diffSpecs } = await import("../../../specs/diff/index.ts");
      const found = diffSpecs(before, after);
      const out = terminal();
      if (args.json) {
        out.write(`${JSON.stringify(found, null, 2)}\n`);
      } else {
        const { diffText } = await import("../specs/diff-view.ts");
        out.write(diffText(found, out.columns));
      }
      return found.changes.length === 0 ? 0 : 1;
    }),
});
