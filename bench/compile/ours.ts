/** `ours.ts SHAPE SAMPLES`: seconds from the author's function to the file, as JSON and as YAML, in one process. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "../../specs/index.ts";
import { toYaml } from "../../specs/load/index.ts";
import { chain, components28 } from "./pipelines.ts";

const [, , shape = "", samples = "1"] = process.argv;
const tasks = Number(shape.replace("chain", ""));
const folder = mkdtempSync(join(tmpdir(), "retemper-bench-"));
const times: Record<"json" | "yaml", number[]> = { json: [], yaml: [] };
writeFileSync(join(folder, "warm.yaml"), toYaml(compile(components28).spec));
for (let sample = 0; sample < Number(samples); sample++) {
  let begin = performance.now();
  writeFileSync(join(folder, "out.json"), compile(chain(tasks)).json);
  times.json.push((performance.now() - begin) / 1000);
  begin = performance.now();
  writeFileSync(join(folder, "out.yaml"), toYaml(compile(chain(tasks)).spec));
  times.yaml.push((performance.now() - begin) / 1000);
}
rmSync(folder, { recursive: true });
console.log(JSON.stringify(times));
