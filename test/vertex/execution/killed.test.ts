import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeImage } from "../../../local/vertex/testing/harness.ts";
import { type Job, outputOf, Pipelines, statesOf } from "../../../local/vertex/testing/pipelines.ts";
import { type ServerProcess, startServerProcess } from "../../../local/vertex/testing/server-process.ts";
import {
  constant,
  input,
  list,
  output,
  outputs,
  parameters,
  pipelineSpec,
  task,
  text,
} from "../../../local/vertex/testing/specs.ts";

/** The server is killed at random moments of a pipeline with loops, retries and an exit handler, and started again. */

let folder: string;
let server: ServerProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vertex-"));
});
afterEach(async () => {
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Tells in a log when it begins and ends, and gives what it was given. */
const shell = (program: string) => ({
  component: {
    inputDefinitions: { parameters: { value: text } },
    outputDefinitions: { parameters: { out: text } },
  },
  container: {
    image: nodeImage.name,
    command: ["sh", "-c", `echo "begin $1" >> "$0"; ${program} printf %s "$1" > "$2"; echo "end $1" >> "$0"`],
    args: ["/gcs/bucket/log", "{{$.inputs.parameters['value']}}", "{{$.outputs.parameters['out'].output_file}}"],
  },
});
const programs = {
  step: shell("sleep 0.1;"),
  // Fails at its first try.
  flaky: shell('sleep 0.05; if [ "$(grep -c "begin $1$" "$0")" = 1 ]; then echo "end $1" >> "$0"; exit 1; fi;'),
};

const step = (component: keyof typeof programs, name: string, value: object, more: object = {}) =>
  task(component, { taskInfo: { name }, ...parameters({ value, ...more }) });
/** A step's value with a name of its own, so that the log tells steps apart. */
const named = (name: string, from: object) => ({
  value: constant(`${name} {{$.inputs.parameters['from']}}`),
  from,
});

const body = {
  inputDefinitions: { parameters: { item: text } },
  dag: {
    tasks: {
      first: task("step", { taskInfo: { name: "first" }, ...parameters(named("first", input("item"))) }),
      second: task("flaky", {
        taskInfo: { name: "second" },
        ...parameters(named("second", input("item"))),
        dependentTasks: ["first"],
        retryPolicy: { maxRetryCount: 2, backoffDuration: "0.05s" },
      }),
    },
    outputs: outputs({ said: ["second", "out"] }),
  },
  outputDefinitions: { parameters: { said: list } },
};
const inner = {
  dag: {
    tasks: {
      before: step("step", "before", constant("before")),
      fragile: task("flaky", {
        taskInfo: { name: "fragile" },
        ...parameters({ value: constant("fragile") }),
        dependentTasks: ["before"],
      }),
    },
  },
};
const work = {
  dag: {
    tasks: {
      start: step("step", "start", constant("start")),
      body: task("body", {
        dependentTasks: ["start"],
        parameterIterator: { itemInput: "item", items: { raw: JSON.stringify(["a", "b", "c", "d"]) } },
        iteratorPolicy: { parallelismLimit: 2 },
      }),
      inner: task("inner", { dependentTasks: ["start"], retryPolicy: { maxRetryCount: 1 } }),
      gather: step("step", "gather", output("body", "said")),
    },
  },
};
const spec = pipelineSpec({
  components: {
    ...Object.fromEntries(
      Object.entries(programs).map(([name, { component }]) => [name, { ...component, executorLabel: name }]),
    ),
    body,
    inner,
    work,
    notice: {
      executorLabel: "notice",
      inputDefinitions: { parameters: { status: { parameterType: "TASK_FINAL_STATUS", isOptional: true } } },
      outputDefinitions: { parameters: { out: text } },
    },
  },
  executors: {
    ...Object.fromEntries(Object.entries(programs).map(([name, { container }]) => [name, { container }])),
    notice: {
      container: {
        image: nodeImage.name,
        command: ["sh", "-c", 'echo "begin notice" >> "$0"; printf %s "$1" > "$2"; echo "end notice" >> "$0"'],
        args: ["/gcs/bucket/log", "{{$.inputs.parameters['status']}}", "{{$.outputs.parameters['out'].output_file}}"],
      },
    },
  },
  root: {
    dag: {
      tasks: {
        work: task("work"),
        notice: task("notice", {
          dependentTasks: ["work"],
          ...parameters({ status: { taskFinalStatus: { producerTask: "work" } } }),
          triggerPolicy: { strategy: "ALL_UPSTREAM_TASKS_COMPLETED" },
        }),
      },
    },
  },
});

/** mulberry32: the same numbers from 0 to 1 for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs the pipeline to its end, with the server killed some times on the way. */
async function killedOnTheWay(seed: number, afterKill: () => void): Promise<{ job: Job; kills: number }> {
  const next = random(seed);
  server = await startServerProcess(folder);
  let pipelines = new Pipelines(server);
  const name = await pipelines.submit(spec);
  let kills = 0;
  for (; kills < 5; kills++) {
    await wait(next() * 500);
    const { endTime } = await pipelines.get(name);
    await pipelines.client.close();
    if (endTime !== null) break;
    await server.kill();
    afterKill();
    server = await startServerProcess(folder);
    pipelines = new Pipelines(server);
  }
  pipelines = new Pipelines(server);
  const job = await pipelines.ended(name, 60);
  await pipelines.client.close();
  return { job, kills };
}

/** How often each step began and ended. */
function told(): Record<string, { begun: number; ended: number }> {
  const counts: Record<string, { begun: number; ended: number }> = {};
  for (const line of readFileSync(join(folder, "storage/bucket/log"), "utf8").trim().split("\n")) {
    const [what = "", ...name] = line.split(" ");
    counts[name.join(" ")] ??= { begun: 0, ended: 0 };
    const count = counts[name.join(" ")];
    if (count !== undefined) count[what === "begin" ? "begun" : "ended"]++;
  }
  return counts;
}

const once = { begun: 1, ended: 1 };
const twice = { begun: 2, ended: 2 };
const items = ["a", "b", "c", "d"];
const gathered = JSON.stringify(items.map((item) => `second ${item}`));
const undisturbed = {
  start: once,
  before: twice,
  fragile: twice,
  notice: once,
  [gathered]: once,
  ...Object.fromEntries(
    items.flatMap((item) => [
      [`first ${item}`, once],
      [`second ${item}`, twice],
    ]),
  ),
};

function expectRight(job: Job): void {
  expect(job.error).toBeNull();
  expect(job.state).toBe("PIPELINE_STATE_SUCCEEDED");
  expect(outputOf(job, "work.gather", "out")).toBe(gathered);
  expect(JSON.parse(String(outputOf(job, "notice", "out")))).toMatchObject({ state: "SUCCEEDED" });
  expect(new Set(Object.values(statesOf(job)))).toEqual(new Set(["SUCCEEDED"]));
}

test.for([11, 12, 13])("killed by itself, it runs every task as often as undisturbed: seed %i", async (seed) => {
  const { job, kills } = await killedOnTheWay(seed, () => undefined);
  expectRight(job);
  expect(kills).toBeGreaterThan(0);
  expect(told()).toEqual(undisturbed);
});

test.for([21, 22])(
  "killed with all that it ran, it runs again what was lost, and nothing else: seed %i",
  async (seed) => {
    const lost = new Set<string>();
    const unborn = new Set<string>();
    const { job, kills } = await killedOnTheWay(seed, () => {
      for (const { folder: launch, group } of launches()) {
        if (group === undefined) unborn.add(launch);
        else if (killed(group) && !existsSync(join(launch, "exit"))) lost.add(launch);
      }
    });
    expectRight(job);
    expect(kills).toBeGreaterThan(0);
    expect(Object.keys(told()).sort()).toEqual(Object.keys(undisturbed).sort());
    const times = (all: Iterable<string>, task: string) => [...all].filter((one) => dirname(one) === task).length;
    const all = launches().map((launch) => launch.folder);
    for (const task of new Set(all.map((launch) => dirname(launch)))) {
      const tries = /second|fragile/.test(task) ? 2 : 1;
      const again = times(lost, task);
      expect(times(all, task), task).toBeGreaterThanOrEqual(1 + again);
      // The server was killed when it was about to start one.
      expect(times(all, task), task).toBeLessThanOrEqual(tries + again + times(unborn, task));
    }
  },
);

/** The folder of every process that was begun, with its group, once it has one. */
function launches(): { readonly folder: string; readonly group: number | undefined }[] {
  const jobs = join(folder, "vertex/pipeline-jobs");
  return readdirSync(jobs, { recursive: true })
    .map(String)
    .filter((entry) => /\/\d+\/work$/.test(entry))
    .map((entry) => dirname(join(jobs, entry)))
    .map((launch) => {
      const pid = join(launch, "pid");
      return { folder: launch, group: existsSync(pid) ? Number(readFileSync(pid, "utf8")) : undefined };
    });
}

/** Kills a process group; false when it is gone already. */
function killed(group: number): boolean {
  try {
    process.kill(-group, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
