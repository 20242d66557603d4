import { expect, test } from "vitest";
import { testVertex } from "../testing/harness.ts";
import { outputOf, Pipelines, statesOf } from "../testing/pipelines.ts";
import { pipelineSpec, task } from "../testing/specs.ts";
import { CpuLimits } from "./cpu.ts";

const number = { parameterType: "NUMBER_DOUBLE" };
/** Works for two seconds, in two processes at once, and says how many CPUs they had. */
const work = `
  const { spawnSync, spawn } = require('child_process');
  const spin = "const end = Date.now() + 2000; while (Date.now() < end); process.stdout.write(String(process.cpuUsage().user + process.cpuUsage().system))";
  const run = () => new Promise((resolve) => {
    let text = '';
    const child = spawn(process.execPath, ['-e', spin]);
    child.stdout.on('data', (chunk) => { text += chunk; });
    child.on('close', () => resolve(Number(text)));
  });
  const begin = Date.now();
  Promise.all([run(), run()]).then(([one, other]) =>
    require('fs').writeFileSync(process.argv[1], String((one + other) / 1000 / (Date.now() - begin))));
`;

test.skipIf(!new CpuLimits().hold)("a CPU limit holds, for all of a task's processes together", async () => {
  const server = await testVertex();
  const pipelines = new Pipelines(server);
  try {
    const job = await pipelines.run(
      pipelineSpec({
        components: { work: { executorLabel: "work", outputDefinitions: { parameters: { cpus: number } } } },
        executors: {
          work: {
            container: {
              image: "example.com/node:1",
              command: ["node", "-e", work],
              args: ["{{$.outputs.parameters['cpus'].output_file}}"],
              resources: { resourceCpuLimit: "300m" },
            },
          },
        },
        root: { dag: { tasks: { work: task("work") } } },
      }),
      {},
      60,
    );
    expect(statesOf(job)).toEqual({ work: "SUCCEEDED" });
    // One period more or less at the ends.
    expect(outputOf(job, "work", "cpus")).toBeLessThan(0.4);
  } finally {
    await pipelines.client.close();
    await server.close();
  }
});
