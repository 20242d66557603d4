import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOptions, nodeImage, parent } from "../../../local/vertex/testing/harness.ts";
import { outputOf, Pipelines } from "../../../local/vertex/testing/pipelines.ts";
import { input, output, parameters, pipelineSpec, task, text } from "../../../local/vertex/testing/specs.ts";
import type { Memory } from "./measured-server.ts";

/** 500 pipeline jobs at once, again and again: all end right, and the server's memory stays flat. */

const many = 500;
let folder: string;
let server: ChildProcess;
let pipelines: Pipelines;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vertex-"));
  server = fork(join(import.meta.dirname, "measured-server.ts"), [folder], { execArgv: ["--expose-gc"] });
  const [address] = await once(server, "message");
  pipelines = new Pipelines({ client: clientOptions(String(address)) });
});
afterAll(async () => {
  await pipelines.client.close();
  server.kill("SIGKILL");
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

async function memory(): Promise<Memory> {
  server.send("memory");
  const [told] = await once(server, "message");
  return told as Memory;
}

async function submitted(batch: string): Promise<{ seconds: number; during: Memory; after: Memory }> {
  const begin = performance.now();
  const names = await Promise.all(
    Array.from({ length: many }, (_, index) =>
      pipelines.submit(spec, { id: `${batch}-${index}`, parameters: { name: `${batch}-${index}` } }),
    ),
  );
  const during = await memory();
  const filter = 'state!="PIPELINE_STATE_SUCCEEDED" AND state!="PIPELINE_STATE_FAILED"';
  for (;;) {
    const [left] = await pipelines.client.listPipelineJobs({ parent, filter, readMask: { paths: ["name"] } });
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
  return { seconds, during, after: await memory() };
}

test(`${many} jobs at once end right, and as many more take no more memory`, async () => {
  const before = await memory();
  const batches = [await submitted("first"), await submitted("second"), await submitted("third")];
  process.stdout.write(`${JSON.stringify({ before, batches })}\n`);
  const [, second, third] = batches;
  // What is kept of each job would grow with every batch.
  for (const { after } of batches) expect(after.heap).toBeLessThan(before.heap + 40);
  expect(third?.after.heap).toBeLessThan((second?.after.heap ?? 0) * 1.1);
  expect(third?.after.resident).toBeLessThan((second?.after.resident ?? 0) * 1.15);
  // And of 500 that wait or run, not much is.
  for (const { during } of batches) expect(during.heap).toBeLessThan(before.heap + 100);
});
