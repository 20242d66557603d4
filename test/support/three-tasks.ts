/** Containers that are processes on this machine: Node's image is its own Node. */
export const steps = `
import { container, double, int, Model } from "retemper/specs";

const write = (program: string) => [
  "node",
  "--eval",
  \`import { mkdirSync, writeFileSync } from "node:fs"; import { dirname } from "node:path";
const [output, input] = process.argv.slice(1);
const rows = Number(input);
mkdirSync(dirname(output), { recursive: true });
const give = (text) => writeFileSync(output, String(text));
\${program}\`,
];

export const prepare = container("prepare", {
  image: "node:26",
  inputs: { rows: int() },
  outputs: { rows: int() },
  command: write("give(rows + 1);"),
  args: ({ inputs, outputs }) => [outputs.rows.path, inputs.rows],
});
export const train = container("train", {
  image: "node:26",
  inputs: { rows: int() },
  outputs: { model: Model },
  command: write("give(rows);"),
  args: ({ inputs, outputs }) => [outputs.model.path, inputs.rows],
});
const evaluator = (program: string) =>
  container("evaluate", {
    image: "node:26",
    inputs: { model: Model },
    outputs: { accuracy: double() },
    command: write(program),
    args: ({ inputs, outputs }) => [outputs.accuracy.path, inputs.model.path],
  });
export const evaluate = evaluator('import { readFileSync } from "node:fs"; give(readFileSync(input, "utf8"));');
export const fail = evaluator('console.error("no column called label"); process.exit(3);');
`;

/** A pipeline of three of them; `evaluate` may be `fail`, and its wiring wrong. Beside it, in `steps.ts`, are its steps. */
export function training({ evaluate = "evaluate", wiring = "model" } = {}): string {
  return `import { int, pipeline } from "retemper/specs";
import * as steps from "./steps.ts";

export const pipelineOfTraining = pipeline("training", { inputs: { rows: int({ default: 39 }) } }, (inputs) => {
  const { rows } = steps.prepare(inputs);
  const { model } = steps.train({ rows });
  const { accuracy } = steps.${evaluate}({ ${wiring} });
  return { accuracy };
});
`;
}
