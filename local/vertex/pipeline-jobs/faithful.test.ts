import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesOf, refusal, type TestVertex, testVertex } from "../testing/harness.ts";
import { inputOf, type Job, outputOf, Pipelines, statesOf, type TaskDetail, taskOf } from "../testing/pipelines.ts";
import {
  artifact,
  artifactOutputs,
  constant,
  echo,
  failing,
  input,
  inputArtifact,
  integer,
  list,
  optional,
  output,
  outputArtifact,
  outputs,
  parameters,
  pipelineSpec,
  read,
  struct,
  task,
  text,
  write,
} from "../testing/specs.ts";
import type { Json, JsonObject } from "../wire/json.ts";

/** What the Python SDK's local runner gets wrong, point by point; each was reproduced with kfp 2.17.0. */

let server: TestVertex;
let pipelines: Pipelines;

beforeAll(async () => {
  server = await testVertex();
  pipelines = new Pipelines(server);
});
afterAll(async () => {
  await pipelines.client.close();
  await server.close();
});

const run = (...submission: Parameters<Pipelines["run"]>) => pipelines.run(...submission);
const inBucket = (name: string) => filesOf(server.bucket("bucket"))[name];

/** Succeeds at the try that its parameter names; counts its tries in a file. */
const flaky = {
  program: `const fs = require('fs'); const [, file, wanted, out] = process.argv; fs.appendFileSync(file, 'x');
    if (fs.statSync(file).size < Number(wanted)) process.exit(1); fs.writeFileSync(out, fs.readFileSync(file))`,
  args: [
    "/gcs/bucket/{{$.inputs.parameters['file']}}",
    "{{$.inputs.parameters['wanted']}}",
    "{{$.outputs.parameters['out'].output_file}}",
  ],
  inputDefinitions: { parameters: { file: text, wanted: integer } },
  outputDefinitions: { parameters: { out: text } },
};
/** Ends once as many of its kind run as its parameter says. */
const meet = {
  program: `const fs = require('fs'); const [, folder, mine, wanted] = process.argv; fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(folder + '/' + mine, '');
    const poll = setInterval(() => fs.readdirSync(folder).length >= Number(wanted) && clearInterval(poll), 5)`,
  args: [
    "/gcs/bucket/{{$.inputs.parameters['folder']}}",
    "{{$.inputs.parameters['mine']}}",
    "{{$.inputs.parameters['wanted']}}",
  ],
  inputDefinitions: { parameters: { folder: text, mine: text, wanted: integer } },
};
/** A task over the items of a list; its component is a pipeline that takes `item`. */
const loop = (component: string, items: object, more: object = {}) =>
  task(component, {
    parameterIterator: { itemInput: "item", items },
    ...more,
  });

/** When tasks began and ended, in milliseconds, in the order of their beginnings. */
function spansOf(job: Job, names: readonly string[], start: "startTime" | "createTime" = "startTime") {
  const milliseconds = (time: TaskDetail["endTime"]) => Number(time?.seconds) * 1e3 + Number(time?.nanos) / 1e6;
  return names
    .map((name) => taskOf(job, name))
    .map((detail) => ({ start: milliseconds(detail[start]), end: milliseconds(detail.endTime) }))
    .sort((a, b) => a.start - b.start);
}

/** Sets the resources of every container of a spec. */
function limit(spec: JsonObject, resources: object): void {
  const { executors } = spec["deploymentSpec"] as unknown as { executors: Record<string, { container: object }> };
  for (const { container } of Object.values(executors)) Object.assign(container, { resources });
}

/** A server that gives away so many CPUs. */
async function onMachineOf(cpus: number, work: (there: Pipelines) => Promise<void>): Promise<void> {
  const limited = await testVertex({ capacity: { processes: 64, cpus, memory: null } });
  const there = new Pipelines(limited);
  try {
    await work(there);
  } finally {
    await there.client.close();
    await limited.close();
  }
}

describe("a condition", () => {
  const branches = (condition: string) =>
    pipelineSpec({
      programs: { echo },
      root: {
        inputDefinitions: { parameters: { role: text } },
        dag: {
          tasks: {
            yes: task("echo", {
              taskInfo: { name: "yes" },
              inputs: { parameters: { value: constant("yes"), role: input("role") } },
              triggerPolicy: { condition },
            }),
            no: task("echo", {
              taskInfo: { name: "no" },
              inputs: { parameters: { value: constant("no"), role: input("role") } },
              triggerPolicy: { condition: `!(${condition})` },
            }),
          },
        },
      },
    });
  const taken = async (condition: string, role: string) =>
    Object.entries(statesOf(await run(branches(condition), { parameters: { role } })))
      .filter(([, state]) => state === "SUCCEEDED")
      .map(([name]) => name);

  test("takes a value for a value, whatever it is made of (1)", async () => {
    expect(await taken("inputs.parameter_values['role'] == 'admin'", "x' or 'a'=='a")).toEqual(["no"]);
  });

  test("takes exactly one branch when there are quotes in the operands (2)", async () => {
    expect(await taken("inputs.parameter_values['role'] == 'it\\'s'", "it's")).toEqual(["yes"]);
    expect(await taken("inputs.parameter_values['role'] == 'it\\'s'", 'it"s')).toEqual(["no"]);
  });
});

/** Two branches, of which one writes a file; gives the file of the one that ran. */
const chosen = (condition: string) => {
  const branch = (value: string) => ({
    inputDefinitions: { parameters: { role: text } },
    dag: {
      tasks: { write: task("write", parameters({ value: constant(value) })) },
      outputs: artifactOutputs({ file: [["write", "file"]] }),
    },
    outputDefinitions: { artifacts: { file: artifact } },
  });
  const on = (name: string, text: string) =>
    task(name, { ...parameters({ role: input("role") }), triggerPolicy: { condition: text } });
  return {
    left: branch("left"),
    right: branch("right"),
    choice: {
      inputDefinitions: { parameters: { role: text } },
      dag: {
        tasks: { left: on("left", condition), right: on("right", `!(${condition})`) },
        outputs: artifactOutputs({
          file: [
            ["left", "file"],
            ["right", "file"],
          ],
        }),
      },
      outputDefinitions: { artifacts: { file: artifact } },
    },
  };
};

test("OneOf over artifacts gives the branch's that ran (3)", async () => {
  const spec = pipelineSpec({
    programs: { write, read },
    components: chosen("inputs.parameter_values['role'] == 'admin'"),
    root: {
      inputDefinitions: { parameters: { role: text } },
      dag: {
        tasks: {
          choice: task("choice", parameters({ role: input("role") })),
          read: task("read", { inputs: { artifacts: { file: outputArtifact("choice", "file") } } }),
        },
      },
    },
  });
  const given = async (role: string) => outputOf(await run(spec, { parameters: { role } }), "read", "out");
  expect([await given("admin"), await given("guest")]).toEqual(["left", "right"]);
});

describe("a loop", () => {
  const count = {
    program: `const fs = require('fs'); const input = JSON.parse(process.argv[1]);
      const files = (input.inputs.artifacts?.files?.artifacts ?? []).map(({ uri }) => fs.readFileSync(uri.replace('gs:/', process.env.RETEMPER_GCS_ROOT), 'utf8'));
      fs.writeFileSync(process.argv[2], JSON.stringify({ names: input.inputs.parameterValues.names, files }))`,
    args: ["{{$}}", "{{$.outputs.parameters['out'].output_file}}"],
    inputDefinitions: { parameters: { names: list }, artifacts: { files: { ...artifact, isArtifactList: true } } },
    outputDefinitions: { parameters: { out: struct } },
  };
  const body = {
    inputDefinitions: { parameters: { items: list, item: text } },
    dag: {
      tasks: {
        echo: task("echo", parameters({ value: input("item") })),
        write: task("write", parameters({ value: output("echo", "out") })),
      },
      outputs: { ...outputs({ names: ["echo", "out"] }), ...artifactOutputs({ files: [["write", "file"]] }) },
    },
    outputDefinitions: {
      parameters: { names: list },
      artifacts: { files: { ...artifact, isArtifactList: true } },
    },
  };
  const collected = pipelineSpec({
    programs: { echo, write, count },
    components: { body },
    root: {
      inputDefinitions: { parameters: { items: list } },
      dag: {
        tasks: {
          body: loop("body", { inputParameter: "items" }, parameters({ items: input("items") })),
          count: task("count", {
            inputs: {
              parameters: { names: output("body", "names") },
              artifacts: { files: outputArtifact("body", "files") },
            },
          }),
        },
      },
    },
  });

  test("gives Collected parameters and artifacts in the order of its items; of no items, empty lists (4)", async () => {
    const given = async (items: Json) => outputOf(await run(collected, { parameters: { items } }), "count", "out");
    expect(await given(["a", "b", "c"])).toEqual({ names: ["a", "b", "c"], files: ["a", "b", "c"] });
    expect(await given([])).toEqual({ names: [], files: [] });
  });

  const meeting = {
    inputDefinitions: { parameters: { item: text, folder: text, wanted: integer } },
    dag: {
      tasks: {
        meet: task("meet", parameters({ folder: input("folder"), mine: input("item"), wanted: input("wanted") })),
      },
    },
  };
  const meetings = (parallelismLimit: number) =>
    pipelineSpec({
      programs: { meet },
      components: { meeting },
      root: {
        inputDefinitions: { parameters: { folder: text, wanted: integer } },
        dag: {
          tasks: {
            meeting: loop(
              "meeting",
              { raw: JSON.stringify(["a", "b", "c", "d", "e", "f"]) },
              {
                ...parameters({ folder: input("folder"), wanted: input("wanted") }),
                iteratorPolicy: { parallelismLimit },
              },
            ),
          },
        },
      },
    });

  test("runs all its iterations at once, whatever the number of cores (5)", async () => {
    const job = await run(meetings(0), { parameters: { folder: "six", wanted: 6 } });
    expect(job.state).toBe("PIPELINE_STATE_SUCCEEDED");
  });

  test("runs no more at once than its parallelism says", async () => {
    // With five at most, six never meet; as each ends once the fifth is there, the sixth runs alone.
    const job = await run(meetings(5), { parameters: { folder: "five", wanted: 5 } });
    expect(job.state).toBe("PIPELINE_STATE_SUCCEEDED");
    const spans = spansOf(
      job,
      [0, 1, 2, 3, 4, 5].map((index) => `meeting-${index}`),
      "createTime",
    );
    const firstEnd = Math.min(...spans.map(({ end }) => end));
    expect(spans.at(-1)?.start).toBeGreaterThanOrEqual(firstEnd);
  });

  test("in a loop gives lists of lists, each in its own order", async () => {
    const inner = {
      inputDefinitions: { parameters: { outer: text, item: text } },
      dag: {
        tasks: {
          echo: task("echo", {
            inputs: {
              parameters: {
                value: constant("{{$.inputs.parameters['outer']}}{{$.inputs.parameters['inner']}}"),
                outer: input("outer"),
                inner: input("item"),
              },
            },
          }),
        },
        outputs: outputs({ said: ["echo", "out"] }),
      },
      outputDefinitions: { parameters: { said: list } },
    };
    const outer = {
      inputDefinitions: { parameters: { item: text } },
      dag: {
        tasks: {
          inner: loop(
            "inner",
            { raw: JSON.stringify([1, 2]) },
            { ...parameters({ outer: input("item") }), iteratorPolicy: { parallelismLimit: 1 } },
          ),
        },
        outputs: outputs({ said: ["inner", "said"] }),
      },
      outputDefinitions: { parameters: { said: list } },
    };
    const job = await run(
      pipelineSpec({
        programs: { echo },
        components: { inner, outer },
        root: {
          dag: {
            tasks: {
              outer: loop("outer", { raw: JSON.stringify(["a", "b"]) }),
              last: task("echo", { taskInfo: { name: "last" }, ...parameters({ value: output("outer", "said") }) }),
            },
          },
        },
      }),
    );
    expect(outputOf(job, "last", "out")).toBe('[["a1","a2"],["b1","b2"]]');
  });
});

test("independent tasks run at once, as far as settings and requests let them (5)", async () => {
  const tasks = (wanted: number) =>
    pipelineSpec({
      programs: { meet },
      root: {
        dag: {
          tasks: Object.fromEntries(
            ["a", "b", "c"].map((mine) => [
              mine,
              task("meet", {
                taskInfo: { name: mine },
                ...parameters({ folder: constant(`meet-${wanted}`), mine: constant(mine), wanted: constant(wanted) }),
              }),
            ]),
          ),
        },
      },
    });
  expect((await run(tasks(3))).state).toBe("PIPELINE_STATE_SUCCEEDED");
  // Each asks for two CPUs: of a machine of three, one at a time.
  const apart = tasks(1);
  limit(apart, { cpuLimit: 2 });
  await onMachineOf(3, async (there) => {
    const [first, second, third] = spansOf(await there.run(apart), ["a", "b", "c"]);
    expect(second?.start).toBeGreaterThanOrEqual(first?.end ?? Number.POSITIVE_INFINITY);
    expect(third?.start).toBeGreaterThanOrEqual(second?.end ?? Number.POSITIVE_INFINITY);
  });
});

describe("retries", () => {
  const inner = {
    inputDefinitions: { parameters: { file: text } },
    dag: {
      tasks: {
        before: task("echo", { taskInfo: { name: "before" }, ...parameters({ value: constant("x") }) }),
        flaky: task("flaky", {
          ...parameters({ file: input("file"), wanted: constant(3) }),
          dependentTasks: ["before"],
        }),
      },
      outputs: outputs({ out: ["flaky", "out"] }),
    },
    outputDefinitions: { parameters: { out: text } },
  };
  const spec = (more: object) =>
    pipelineSpec({
      programs: { flaky, echo },
      components: { inner },
      root: { dag: { tasks: { inner: task("inner", { ...parameters({ file: constant(`r${++files}`) }), ...more }) } } },
    });
  let files = 0;

  test("of a pipeline as a task run the whole of it again (6)", async () => {
    const job = await run(spec({ retryPolicy: { maxRetryCount: 2 } }));
    expect(job.state).toBe("PIPELINE_STATE_SUCCEEDED");
    expect(outputOf(job, "inner.flaky", "out") ?? inBucket(`r${files}`)).toBe("xxx");
    const befores = job.jobDetail?.taskDetails?.filter(({ taskName }) => taskName === "before") ?? [];
    expect(befores.map(({ state }) => state)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
    expect(taskOf(job, "inner").pipelineTaskStatus?.filter(({ error }) => error !== null)).toHaveLength(2);
  });

  test("that are not enough leave it failed, with the cause", async () => {
    const job = await run(spec({ retryPolicy: { maxRetryCount: 1 } }));
    expect(job.state).toBe("PIPELINE_STATE_FAILED");
    expect(inBucket(`r${files}`)).toBe("xx");
    expect(job.error?.message).toContain("exited with a non-zero status of 1");
  });

  test("are for each iteration of a loop, and don't stop the others under FAIL_FAST", async () => {
    const body = {
      inputDefinitions: { parameters: { item: text } },
      dag: {
        tasks: {
          flaky: task("flaky", parameters({ file: input("item"), wanted: constant(2) })),
          after: task("echo", { ...parameters({ value: output("flaky", "out") }), taskInfo: { name: "after" } }),
        },
      },
    };
    const job = await run(
      pipelineSpec({
        programs: { flaky, echo },
        components: { body },
        root: {
          dag: {
            tasks: {
              body: loop("body", { raw: JSON.stringify(["one", "two"]) }, { retryPolicy: { maxRetryCount: 1 } }),
            },
          },
        },
      }),
      { failFast: true },
    );
    expect(job.error).toBeNull();
    expect([inBucket("one"), inBucket("two")]).toEqual(["xx", "xx"]);
  });
});

test("a task that ignores the failure before it runs with its input's default (7)", async () => {
  const flawed = { ...failing, outputDefinitions: { parameters: { out: text } } };
  const job = await run(
    pipelineSpec({
      programs: {
        flawed,
        echo: { ...echo, inputDefinitions: { parameters: { value: { ...optional(text), defaultValue: "default" } } } },
      },
      root: {
        dag: {
          tasks: {
            flawed: task("flawed"),
            echo: task("echo", {
              ...parameters({ value: output("flawed", "out") }),
              dependentTasks: ["flawed"],
              triggerPolicy: { strategy: "ALL_UPSTREAM_TASKS_COMPLETED" },
            }),
          },
        },
      },
    }),
  );
  expect(statesOf(job)).toEqual({ flawed: "FAILED", echo: "SUCCEEDED" });
  expect(outputOf(job, "echo", "out")).toBe("default");
  expect(job.state).toBe("PIPELINE_STATE_FAILED");
});

test("job and task placeholders have their values (8)", async () => {
  const names = [
    "pipeline_job_name",
    "pipeline_job_resource_name",
    "pipeline_job_uuid",
    "pipeline_job_create_time_utc",
    "pipeline_job_schedule_time_utc",
    "pipeline_root",
    "pipeline_task_name",
    "pipeline_task_uuid",
    "pipeline_google_cloud_project_id",
    "pipeline_google_cloud_location",
  ];
  const job = await run(
    pipelineSpec({
      programs: {
        say: {
          program:
            "require('fs').writeFileSync(process.argv[1], JSON.stringify([...process.argv.slice(2), process.env.JOB]))",
          args: ["{{$.outputs.parameters['out'].output_file}}", ...names.map((name) => `{{$.${name}}}`)],
          outputDefinitions: { parameters: { out: list } },
        },
      },
      root: { dag: { tasks: { say: task("say") } } },
    }),
    { id: "placeholders" },
  );
  const said = (outputOf(job, "say", "out") ?? []) as string[];
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
  expect(said.slice(0, names.length)).toEqual([
    "placeholders",
    "projects/test-project/locations/us-central1/pipelineJobs/placeholders",
    expect.stringMatching(/./),
    expect.stringMatching(time),
    expect.stringMatching(time),
    "gs://bucket/runs",
    "say",
    String(taskOf(job, "say").taskId),
    "test-project",
    "us-central1",
  ]);
});

test("a parameter that defaults to None may be left out, and is not there in the task (9)", async () => {
  const seen = {
    program:
      "require('fs').writeFileSync(process.argv[2], JSON.stringify(JSON.parse(process.argv[1]).inputs.parameterValues))",
    args: ["{{$}}", "{{$.outputs.parameters['out'].output_file}}"],
    inputDefinitions: { parameters: { nothing: optional(text), some: { ...optional(text), defaultValue: "d" } } },
    outputDefinitions: { parameters: { out: struct } },
  };
  const spec = pipelineSpec({
    programs: { seen },
    root: {
      inputDefinitions: { parameters: { nothing: optional(text) } },
      dag: { tasks: { seen: task("seen", parameters({ nothing: input("nothing"), some: input("nothing") })) } },
    },
  });
  expect(outputOf(await run(spec), "seen", "out")).toEqual({ some: "d" });
  expect(outputOf(await run(spec, { parameters: { nothing: null } }), "seen", "out")).toEqual({ some: "d" });
  expect(outputOf(await run(spec, { parameters: { nothing: "n" } }), "seen", "out")).toEqual({
    nothing: "n",
    some: "n",
  });
});

test("a pipeline takes artifacts (10)", async () => {
  const first = await run(
    pipelineSpec({
      programs: { write },
      root: { dag: { tasks: { write: task("write", parameters({ value: constant("kept") })) } } },
    }),
  );
  const made = taskOf(first, "write").outputs?.["file"]?.artifacts?.[0]?.name?.split("/").at(-1) ?? "";
  const spec = pipelineSpec({
    programs: { read },
    root: {
      inputDefinitions: { artifacts: { given: artifact } },
      dag: { tasks: { read: task("read", { inputs: { artifacts: { file: inputArtifact("given") } } }) } },
    },
  });
  expect(outputOf(await run(spec, { artifacts: { given: made } }), "read", "out")).toBe("kept");
  expect((await refusal(pipelines.submit(spec))).code).toBe(3);
  expect((await refusal(pipelines.submit(spec, { artifacts: { given: "404" } }))).code).toBe(5);
});

test("two tasks of one component have each its own outputs (11)", async () => {
  const job = await run(
    pipelineSpec({
      programs: { write, read },
      root: {
        dag: {
          tasks: Object.fromEntries(
            ["one", "two"].flatMap((name) => [
              [name, task("write", { taskInfo: { name }, ...parameters({ value: constant(name) }) })],
              [
                `read-${name}`,
                task("read", {
                  taskInfo: { name: `read-${name}` },
                  inputs: { artifacts: { file: outputArtifact(name, "file") } },
                  dependentTasks: ["one", "two"],
                }),
              ],
            ]),
          ),
        },
      },
    }),
  );
  expect([outputOf(job, "read-one", "out"), outputOf(job, "read-two", "out")]).toEqual(["one", "two"]);
});

test("whole numbers stay whole, in lists and dicts too (12)", async () => {
  const job = await run(
    pipelineSpec({
      programs: {
        echo: {
          ...echo,
          inputDefinitions: { parameters: { value: struct } },
          outputDefinitions: { parameters: { out: struct } },
        },
      },
      root: {
        inputDefinitions: { parameters: { value: struct } },
        dag: {
          tasks: {
            echo: task("echo", parameters({ value: input("value") })),
            again: task("echo", { taskInfo: { name: "again" }, ...parameters({ value: output("echo", "out") }) }),
          },
        },
      },
    }),
    { parameters: { value: { epochs: 3, layers: [1, 2], rate: 0.5, deep: { n: 10 } } } },
  );
  expect(JSON.stringify(inputOf(job, "again", "value"))).toBe('{"epochs":3,"layers":[1,2],"rate":0.5,"deep":{"n":10}}');
});

const importing = (uri: string) =>
  pipelineSpec({
    programs: { read },
    components: { import: { executorLabel: "exec-import", outputDefinitions: { artifacts: { artifact } } } },
    executors: { "exec-import": { importer: { artifactUri: { constant: uri }, typeSchema: artifact.artifactType } } },
    root: {
      dag: {
        tasks: {
          import: task("import"),
          read: task("read", { inputs: { artifacts: { file: outputArtifact("import", "artifact") } } }),
        },
      },
    },
  });

test("what is imported by gs:// is there as a file (13)", async () => {
  mkdirSync(join(server.bucket("bucket"), "in"), { recursive: true });
  writeFileSync(join(server.bucket("bucket"), "in/a.txt"), "imported");
  expect(outputOf(await run(importing("gs://bucket/in/a.txt")), "read", "out")).toBe("imported");
});

test("options for Kubernetes are refused, not dropped (14)", async () => {
  const spec = { ...importing("gs://bucket/x"), platforms: { kubernetes: { deploymentSpec: {} } } };
  expect(await refusal(pipelines.submit(spec))).toMatchObject({
    code: 3,
    message: expect.stringContaining("platforms"),
  });
});

test("a task's resources may come from its parameters", async () => {
  const spec = pipelineSpec({
    programs: { meet },
    root: {
      dag: {
        tasks: Object.fromEntries(
          ["a", "b"].map((mine) => [
            mine,
            task("meet", {
              taskInfo: { name: mine },
              ...parameters({
                folder: constant("apart"),
                mine: constant(mine),
                wanted: constant(1),
                cpus: constant("1500m"),
              }),
            }),
          ]),
        ),
      },
    },
  });
  limit(spec, { resourceCpuLimit: "{{$.inputs.parameters['cpus']}}" });
  await onMachineOf(2, async (there) => {
    const [first, second] = spansOf(await there.run(spec), ["a", "b"]);
    expect(second?.start).toBeGreaterThanOrEqual(first?.end ?? Number.POSITIVE_INFINITY);
  });
});

test("a task that takes more memory than its limit is killed, and says so", async () => {
  const spec = pipelineSpec({
    programs: { greedy: { program: "const all = []; setInterval(() => all.push(Buffer.alloc(2e7, 1)), 10)" } },
    root: { dag: { tasks: { greedy: task("greedy") } } },
  });
  limit(spec, { resourceMemoryLimit: "150M" });
  const job = await run(spec);
  expect(taskOf(job, "greedy").error?.message).toContain("ran out-of-memory and exited with a non-zero status of 137");
});

test("each change of a task is told with its time, and a failure with its cause", async () => {
  const job = await run(
    pipelineSpec({
      programs: { failing },
      root: {
        dag: { tasks: { bad: task("failing", { taskInfo: { name: "bad" }, retryPolicy: { maxRetryCount: 1 } }) } },
      },
    }),
  );
  const bad = taskOf(job, "bad");
  expect(bad.pipelineTaskStatus?.map(({ state }) => state)).toEqual([
    "PENDING",
    "RUNNING",
    "PENDING",
    "RUNNING",
    "FAILED",
  ]);
  expect(bad.error?.message).toContain("exited with a non-zero status of 3");
  expect(bad.error?.message).toContain("the disk is full");
  const times = [bad.createTime, bad.startTime, bad.endTime].map(
    (time) => Number(time?.seconds) * 1e3 + Number(time?.nanos) / 1e6,
  );
  expect(times).toEqual([...times].sort((a, b) => a - b));
});
