import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeImage, parent } from "../../../local/vertex/testing/harness.ts";
import { outputOf, Pipelines } from "../../../local/vertex/testing/pipelines.ts";
import { type ServerProcess, startServerProcess } from "../../../local/vertex/testing/server-process.ts";
import { input, output, parameters, pipelineSpec, task, text } from "../../../local/vertex/testing/specs.ts";

/** 500 pipeline jobs at once, again and again: all end right, and the server's memory stays flat. */

const many = 500;
let folder: string;
let server: ServerProcess;
let pipelines: Pipelines;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vertex-"));
  server = await startServerProcess(folder);
  pipelines = new Pipelines(server);
});
afterAll(async () => {
  await pipelines.client.close();
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

const joined = {
  component: {
    executorLabel: "say",
    inputDefinitions: { parameters: { left: text, right: text } },
    outputDefinitions: { parameters: { out: text } },
  },
  executor: {
    container: {
      image: nodeImage.name,
      command: ["sh", "-c", 'printf "%s-%s" "$0" "$1" > "$2"'],
      args: [
        "{{$.inputs.parameters['left']}}",
        "{{$.inputs.parameters['right']}}",
        "{{$.outputs.parameters['out'].output_file}}",
      ],
    },
  },
};
const said = (name: string, left: object, right: object) =>
  task("say", { taskInfo: { name }, ...parameters({ left, right }) });
const spec = pipelineSpec({
  components: { say: joined.component },
  executors: { say: joined.executor },
  root: {
    inputDefinitions: { parameters: { name: text } },
    dag: {
      tasks: {
        one: said("one", input("name"), input("name")),
        two: said("two", input("name"), input("name")),
        both: said("both", output("one", "out"), output("two", "out")),
      },
    },
  },
});

/** Mebibytes that the server holds in memory. */
function memory(): number {
  return Number(spawnSync("ps", ["-o", "rss=", "-p", String(server.pid)], { encoding: "utf8" }).stdout) / 1024;
}

async function submitted(batch: string): Promise<{ seconds: number; most: number; after: number }> {
  const begin = performance.now();
  const names = await Promise.all(
    Array.from({ length: many }, (_, index) =>
      pipelines.submit(spec, { id: `${batch}-${index}`, parameters: { name: `${batch}-${index}` } }),
    ),
  );
  let most = memory();
  const filter = 'state!="PIPELINE_STATE_SUCCEEDED" AND state!="PIPELINE_STATE_FAILED"';
  for (;;) {
    const [left] = await pipelines.client.listPipelineJobs({ parent, filter, readMask: { paths: ["name"] } });
    most = Math.max(most, memory());
    if (left.length === 0) break;
    await wait(500);
  }
  const seconds = (performance.now() - begin) / 1000;
  for (const name of names) {
    const job = await pipelines.get(name);
    const id = name.split("/").at(-1);
    expect(job.state, name).toBe("PIPELINE_STATE_SUCCEEDED");
    expect(outputOf(job, "both", "out")).toBe(`${id}-${id}-${id}-${id}`);
  }
  return { seconds, most, after: memory() };
}

test(`${many} jobs at once end right, and as many more take no more memory`, async () => {
  const before = memory();
  const batches = [await submitted("first"), await submitted("second"), await submitted("third")];
  process.stdout.write(`${JSON.stringify({ before, batches })}\n`);
  // What a runtime keeps for itself grows at first; what is kept of each job would grow with every batch.
  const [first, second, third] = batches.map(({ most }) => most);
  expect(third).toBeLessThan((second ?? 0) * 1.1);
  expect(first).toBeLessThan(before + 300);
});
