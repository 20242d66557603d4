import { mkdir, writeFile } from "node:fs/promises";
import type { Pass } from "../engine/phase.ts";
import { manifestOf } from "../finish.ts";
import { readExamples } from "./examples.ts";
import { renderReport } from "./render.ts";

/** What people read of prepared data: `report.html` beside the manifest, and `examples.json`, from which later reports take their rows. */
export const reportPass: Pass = {
  name: "report",
  at: "output",
  phases: [
    {
      name: "report.write",
      title: "writing the report",
      pieces: () => 1,
      async run(work) {
        const manifest = await manifestOf(work);
        using database = await work.database();
        const examples = await readExamples(database, work.output(""), manifest);
        await mkdir(work.target("output"), { recursive: true });
        await writeFile(work.target("output/examples.json"), `${JSON.stringify(examples, null, 2)}\n`);
        const report = renderReport({ manifest, examples, drift: null, maxLength: null });
        await writeFile(work.target("output/report.html"), report);
        return { files: ["examples.json", "report.html"] };
      },
    },
  ],
  statistics: async () => ({}),
};
