import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import aiplatform from "@google-cloud/aiplatform";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesOf, isAlive, parent, refusal, type TestVertex, testVertex, until } from "../testing/harness.ts";
import { artifact, constant, input, integer, output, outputArtifact, pipelineSpec, text } from "../testing/specs.ts";
import { type Json, type JsonObject, mapValues, toStruct, toValue } from "../wire/json.ts";

const { PipelineServiceClient } = aiplatform.v1;
type Job = aiplatform.protos.google.cloud.aiplatform.v1.IPipelineJob;

let server: TestVertex;
let client: InstanceType<typeof PipelineServiceClient>;
let counter = 0;

beforeAll(async () => {
  server = await testVertex();
  client = new PipelineServiceClient(server.client);
});
afterAll(async () => {
  await client.close();
  await server.close();
});

async function submit(
  spec: JsonObject,
  options: { id?: string; parameters?: JsonObject; failFast?: boolean; labels?: Record<string, string> } = {},
): Promise<string> {
  const [job] = await client.createPipelineJob({
    parent,
    pipelineJobId: options.id ?? `job-${++counter}`,
    pipelineJob: {
      pipelineSpec: toStruct(spec) as never,
      labels: options.labels ?? {},
      runtimeConfig: {
        gcsOutputDirectory: "gs://bucket/runs",
        parameterValues: mapValues(options.parameters ?? {}, toValue) as never,
        failurePolicy: options.failFast ? "PIPELINE_FAILURE_POLICY_FAIL_FAST" : "PIPELINE_FAILURE_POLICY_FAIL_SLOW",
      },
    },
  });
  return job.name ?? "";
}

const get = async (name: string): Promise<Job> => (await client.getPipelineJob({ name }))[0];
const ended = (name: string) =>
  until(
    () => get(name),
    ({ endTime }) => endTime !== null,
  );
const run = async (...submission: Parameters<typeof submit>) => ended(await submit(...submission));

function task(job: Job, name: string) {
  const found = job.jobDetail?.taskDetails?.find(
    ({ taskName, taskUniqueName }) => taskName === name || taskUniqueName === name,
  );
  if (found === undefined)
    throw new Error(`no task ${name} among ${job.jobDetail?.taskDetails?.map(({ taskName }) => taskName)}`);
  return found;
}
const states = (job: Job) =>
  Object.fromEntries(
    (job.jobDetail?.taskDetails ?? []).slice(1).map(({ taskUniqueName, state }) => [taskUniqueName, state]),
  );
const uriOf = (job: Job, name: string, key: string) => task(job, name).outputs?.[key]?.artifacts?.[0]?.uri ?? "";
const read = (uri: string) => readFileSync(uri.replace("gs://bucket", server.bucket("bucket")), "utf8");
const say = { program: "require('fs').writeFileSync(process.argv[2], process.argv[1])" };
const upper = {
  program:
    "const fs = require('fs'); fs.writeFileSync(process.argv[2], fs.readFileSync(process.argv[1], 'utf8').toUpperCase())",
  args: ["{{$.inputs.artifacts['text'].path}}", "{{$.outputs.artifacts['loud'].path}}"],
  inputDefinitions: { artifacts: { text: artifact } },
  outputDefinitions: { artifacts: { loud: artifact } },
};
const echo = {
  ...say,
  args: ["{{$.inputs.parameters['value']}}", "{{$.outputs.parameters['out'].output_file}}"],
  inputDefinitions: { parameters: { value: text } },
  outputDefinitions: { parameters: { out: text } },
};
const echoTask = (value: object, more: object = {}) => ({
  componentRef: { name: "echo" },
  inputs: { parameters: { value } },
  taskInfo: { name: "echo" },
  ...more,
});
const failing = { program: "console.error('the disk is full'); process.exit(3)" };

describe("a pipeline job", () => {
  test("imports, runs a container on the artifact, and lays its output out as Vertex does", async () => {
    mkdirSync(join(server.bucket("bucket"), "in"), { recursive: true });
    writeFileSync(join(server.bucket("bucket"), "in/a.txt"), "quiet");
    const job = await run(
      pipelineSpec({
        programs: { upper },
        components: {
          import: {
            executorLabel: "exec-import",
            inputDefinitions: { parameters: { uri: text } },
            outputDefinitions: { artifacts: { artifact } },
          },
        },
        executors: {
          "exec-import": {
            importer: {
              artifactUri: { runtimeParameter: "uri" },
              typeSchema: artifact.artifactType,
              metadata: { from: "{{$.inputs.parameters['uri']}}" },
            },
          },
        },
        root: {
          inputDefinitions: { parameters: { source: text } },
          dag: {
            tasks: {
              import: {
                componentRef: { name: "import" },
                inputs: { parameters: { uri: input("source") } },
                taskInfo: { name: "import" },
              },
              upper: {
                componentRef: { name: "upper" },
                dependentTasks: ["import"],
                inputs: { artifacts: { text: outputArtifact("import", "artifact") } },
                taskInfo: { name: "upper" },
              },
            },
          },
        },
      }),
      { id: "layout", parameters: { source: "gs://bucket/in/a.txt" } },
    );
    expect(job.state).toBe("PIPELINE_STATE_SUCCEEDED");
    expect(states(job)).toEqual({ import: "SUCCEEDED", upper: "SUCCEEDED" });
    const uri = uriOf(job, "upper", "loud");
    expect(uri).toMatch(/^gs:\/\/bucket\/runs\/layout\/upper_\d+\/loud$/);
    expect(read(uri)).toBe("QUIET");
    expect(task(job, "upper").inputs?.["text"]?.artifacts?.[0]?.uri).toBe("gs://bucket/in/a.txt");
    expect(task(job, "import").outputs?.["artifact"]?.artifacts?.[0]?.metadata?.fields?.["from"]?.stringValue).toBe(
      "gs://bucket/in/a.txt",
    );
  });

  test("takes parameters, defaults and constants, and passes outputs on in their types", async () => {
    const job = await run(
      pipelineSpec({
        programs: {
          count: {
            program: "require('fs').writeFileSync(process.argv[2], String(Number(process.argv[1]) + 1))",
            args: ["{{$.inputs.parameters['n']}}", "{{$.outputs.parameters['sum'].output_file}}"],
            inputDefinitions: { parameters: { n: { ...integer, defaultValue: 41, isOptional: true } } },
            outputDefinitions: { parameters: { sum: integer } },
          },
          echo,
        },
        root: {
          inputDefinitions: { parameters: { who: { ...text, defaultValue: "world", isOptional: true } } },
          dag: {
            tasks: {
              count: { componentRef: { name: "count" }, taskInfo: { name: "count" } },
              greet: echoTask(constant("hello {{$.inputs.parameters['who']}}, {{$.inputs.parameters['n']}} times"), {
                taskInfo: { name: "greet" },
                inputs: {
                  parameters: {
                    value: constant("hello {{$.inputs.parameters['who']}}, {{$.inputs.parameters['n']}} times"),
                    who: input("who"),
                    n: output("count", "sum"),
                  },
                },
              }),
            },
          },
        },
      }),
    );
    expect(job.error).toBeNull();
    expect(task(job, "count").execution?.metadata?.fields?.["output:sum"]?.numberValue).toBe(42);
    expect(task(job, "greet").execution?.metadata?.fields?.["output:out"]?.stringValue).toBe("hello world, 42 times");
  });

  test("runs independent tasks side by side", async () => {
    // Each writes its own file and waits for the other's: one after the other, neither would end.
    const meet = {
      program: `const fs = require('fs'); const [, mine, other] = process.argv; fs.writeFileSync(mine, '');
        const poll = setInterval(() => fs.existsSync(other) && (clearInterval(poll)), 10)`,
      args: ["{{$.inputs.parameters['mine']}}", "{{$.inputs.parameters['other']}}"],
      inputDefinitions: { parameters: { mine: text, other: text } },
    };
    server.bucket("bucket");
    const at = (name: string, mine: string, other: string) => ({
      componentRef: { name: "meet" },
      taskInfo: { name },
      inputs: { parameters: { mine: constant(`/gcs/bucket/${mine}`), other: constant(`/gcs/bucket/${other}`) } },
    });
    const job = await run(
      pipelineSpec({
        programs: { meet },
        root: { dag: { tasks: { left: at("left", "l", "r"), right: at("right", "r", "l") } } },
      }),
    );
    expect(states(job)).toEqual({ left: "SUCCEEDED", right: "SUCCEEDED" });
  });

  test("takes the branch that the condition says, whatever text the value has", async () => {
    const branch = (name: string, value: string) => ({
      [name]: {
        inputDefinitions: { parameters: { role: text } },
        dag: {
          tasks: { echo: echoTask(constant(value)) },
          outputs: {
            parameters: { said: { valueFromParameter: { producerSubtask: "echo", outputParameterKey: "out" } } },
          },
        },
        outputDefinitions: { parameters: { said: text } },
      },
    });
    const branches = {
      inputDefinitions: { parameters: { role: text } },
      dag: {
        tasks: {
          admin: {
            componentRef: { name: "admin" },
            inputs: { parameters: { role: input("role") } },
            taskInfo: { name: "admin" },
            triggerPolicy: { condition: "inputs.parameter_values['role'] == 'admin'" },
          },
          guest: {
            componentRef: { name: "guest" },
            inputs: { parameters: { role: input("role") } },
            taskInfo: { name: "guest" },
            triggerPolicy: { condition: "!(inputs.parameter_values['role'] == 'admin')" },
          },
        },
        outputs: {
          parameters: {
            said: {
              valueFromOneof: {
                parameterSelectors: [
                  { producerSubtask: "admin", outputParameterKey: "said" },
                  { producerSubtask: "guest", outputParameterKey: "said" },
                ],
              },
            },
          },
        },
      },
      outputDefinitions: { parameters: { said: text } },
    };
    const spec = pipelineSpec({
      programs: { echo },
      components: { ...branch("admin", "root"), ...branch("guest", "nobody"), branches },
      root: {
        inputDefinitions: { parameters: { role: text } },
        dag: {
          tasks: {
            branches: {
              componentRef: { name: "branches" },
              inputs: { parameters: { role: input("role") } },
              taskInfo: { name: "branches" },
            },
            after: echoTask(output("branches", "said"), { taskInfo: { name: "after" } }),
          },
        },
      },
    });
    const said = async (role: string) =>
      task(await run(spec, { parameters: { role } }), "after").execution?.metadata?.fields?.["output:out"]?.stringValue;
    expect(await said("admin")).toBe("root");
    expect(await said("x' or 'a'=='a")).toBe("nobody");
    const job = await run(spec, { parameters: { role: "admin" } });
    expect(states(job)).toMatchObject({
      "branches.admin.echo": "SUCCEEDED",
      "branches.guest": "NOT_TRIGGERED",
      after: "SUCCEEDED",
    });
    expect(task(job, "branches.admin.echo").parentTaskId).toEqual(task(job, "branches.admin").taskId);
  });

  test("names the failed task and the end of its log, and goes on with what doesn't depend on it", async () => {
    const spec = pipelineSpec({
      programs: { failing, echo },
      root: {
        dag: {
          tasks: {
            bad: { componentRef: { name: "failing" }, taskInfo: { name: "bad" } },
            after: { componentRef: { name: "failing" }, taskInfo: { name: "after" }, dependentTasks: ["bad"] },
            apart: echoTask(constant("x"), { taskInfo: { name: "apart" } }),
            always: echoTask(constant("x"), {
              taskInfo: { name: "always" },
              dependentTasks: ["bad"],
              triggerPolicy: { strategy: "ALL_UPSTREAM_TASKS_COMPLETED" },
            }),
          },
        },
      },
    });
    const job = await run(spec);
    expect(job.state).toBe("PIPELINE_STATE_FAILED");
    expect(job.error?.code).toBe(9);
    expect(job.error?.message).toContain("The failed tasks are: [bad]");
    expect(job.error?.message).toContain("exited with a non-zero status of 3");
    expect(job.error?.message).toContain("the disk is full");
    expect(states(job)).toEqual({ bad: "FAILED", after: "NOT_TRIGGERED", apart: "SUCCEEDED", always: "SUCCEEDED" });
  });

  test("stops scheduling after a failure when the policy is FAIL_FAST", async () => {
    const spec = pipelineSpec({
      programs: { failing, echo, slow: { program: "setTimeout(() => {}, 600)" } },
      root: {
        dag: {
          tasks: {
            bad: { componentRef: { name: "failing" }, taskInfo: { name: "bad" } },
            slow: { componentRef: { name: "slow" }, taskInfo: { name: "slow" } },
            next: echoTask(constant("x"), { taskInfo: { name: "next" }, dependentTasks: ["slow"] }),
          },
        },
      },
    });
    expect(states(await run(spec, { failFast: true }))).toEqual({
      bad: "FAILED",
      slow: "SUCCEEDED",
      next: "NOT_TRIGGERED",
    });
    expect(states(await run(spec))).toEqual({ bad: "FAILED", slow: "SUCCEEDED", next: "SUCCEEDED" });
  });

  test("tries again as often as the policy says", async () => {
    // Succeeds at the third try.
    const flaky = {
      program:
        "const fs = require('fs'); fs.appendFileSync(process.argv[1], 'x'); process.exit(fs.statSync(process.argv[1]).size < 3 ? 1 : 0)",
      args: ["/gcs/bucket/tries"],
    };
    const spec = (maxRetryCount: number) =>
      pipelineSpec({
        programs: { flaky },
        root: {
          dag: {
            tasks: {
              flaky: {
                componentRef: { name: "flaky" },
                taskInfo: { name: "flaky" },
                retryPolicy: { maxRetryCount, backoffDuration: "0.01s" },
              },
            },
          },
        },
      });
    expect((await run(spec(1))).state).toBe("PIPELINE_STATE_FAILED");
    expect(filesOf(server.bucket("bucket"))["tries"]).toBe("xx");
    expect((await run(spec(1))).state).toBe("PIPELINE_STATE_SUCCEEDED");
  });

  test("repeats a loop's tasks and gathers what they give, of an empty loop nothing", async () => {
    const spec = pipelineSpec({
      programs: { echo },
      components: {
        loop: {
          inputDefinitions: { parameters: { items: { parameterType: "LIST" }, item: { parameterType: "STRUCT" } } },
          dag: {
            tasks: {
              echo: echoTask({
                componentInputParameter: "item",
                parameterExpressionSelector: 'parseJson(string_value)["name"]',
              }),
            },
            outputs: {
              parameters: { names: { valueFromParameter: { producerSubtask: "echo", outputParameterKey: "out" } } },
            },
          },
          outputDefinitions: { parameters: { names: { parameterType: "LIST" } } },
        },
      },
      root: {
        inputDefinitions: { parameters: { items: { parameterType: "LIST" } } },
        dag: {
          tasks: {
            loop: {
              componentRef: { name: "loop" },
              taskInfo: { name: "loop" },
              inputs: { parameters: { items: input("items") } },
              parameterIterator: { itemInput: "item", items: { inputParameter: "items" } },
              iteratorPolicy: { parallelismLimit: 2 },
            },
            after: echoTask(output("loop", "names"), { taskInfo: { name: "after" } }),
          },
        },
      },
    });
    const gathered = async (items: Json) =>
      task(await run(spec, { parameters: { items } }), "after").execution?.metadata?.fields?.["output:out"]
        ?.stringValue;
    expect(await gathered([{ name: "a" }, { name: "b" }, { name: "c" }])).toBe('["a","b","c"]');
    expect(await gathered([])).toBe("[]");
  });

  test("gives the executor's input, reads the executor's output, and skips an absent optional argument", async () => {
    const program = `const fs = require('fs'); const input = JSON.parse(process.argv[1]);
      fs.mkdirSync(require('path').dirname(input.outputs.outputFile), { recursive: true });
      fs.writeFileSync(input.outputs.outputFile, JSON.stringify({ parameterValues: { seen: { given: input.inputs.parameterValues, rest: process.argv.slice(2) } },
        artifacts: { model: { artifacts: [{ metadata: { accuracy: 0.5 } }] } } }))`;
    const job = await run(
      pipelineSpec({
        programs: {
          seen: {
            program,
            args: [
              "{{$}}",
              '{"IfPresent": {"InputName": "absent", "Then": ["--absent", "{{$.inputs.parameters[\'absent\']}}"], "Else": ["--none"]}}',
              '{"Concat": ["a=", "{{$.inputs.parameters[\'count\']}}"]}',
              "{{$.pipeline_job_name}}",
              "{{$.inputs.parameters['options'].json_escape[1]}}",
            ],
            inputDefinitions: {
              parameters: {
                absent: { ...text, isOptional: true },
                count: integer,
                options: { parameterType: "STRUCT" },
              },
            },
            outputDefinitions: {
              parameters: { seen: { parameterType: "STRUCT" } },
              artifacts: { model: { artifactType: { schemaTitle: "system.Model", schemaVersion: "0.0.1" } } },
            },
          },
        },
        root: {
          dag: {
            tasks: {
              seen: {
                componentRef: { name: "seen" },
                taskInfo: { name: "seen" },
                inputs: { parameters: { count: constant(7), options: constant({ a: [1, "b"] }) } },
              },
            },
          },
        },
      }),
      { id: "executor-input" },
    );
    expect(job.error).toBeNull();
    const seen = task(job, "seen");
    const text1 = (list: unknown) => JSON.stringify(list);
    expect(seen.execution?.metadata?.fields?.["output:seen"]).toMatchObject(
      toValue({
        given: { count: 7, options: { a: [1, "b"] } },
        rest: ["--none", "a=7", "executor-input", text1({ a: [1, "b"] }).replaceAll('"', '\\"')],
      }) as object,
    );
    expect(seen.outputs?.["model"]?.artifacts?.[0]).toMatchObject({
      schemaTitle: "system.Model",
      metadata: { fields: { accuracy: { numberValue: 0.5 } } },
    });
  });

  test("runs an exit handler whatever happened, and tells it", async () => {
    const notice = {
      ...say,
      args: ["{{$.inputs.parameters['status']}}", "{{$.outputs.parameters['out'].output_file}}"],
      inputDefinitions: { parameters: { status: { parameterType: "TASK_FINAL_STATUS", isOptional: true } } },
      outputDefinitions: { parameters: { out: text } },
    };
    const job = await run(
      pipelineSpec({
        programs: { failing, notice },
        components: {
          work: { dag: { tasks: { bad: { componentRef: { name: "failing" }, taskInfo: { name: "bad" } } } } },
        },
        root: {
          dag: {
            tasks: {
              work: { componentRef: { name: "work" }, taskInfo: { name: "work" } },
              notice: {
                componentRef: { name: "notice" },
                taskInfo: { name: "notice" },
                dependentTasks: ["work"],
                inputs: { parameters: { status: { taskFinalStatus: { producerTask: "work" } } } },
                triggerPolicy: { strategy: "ALL_UPSTREAM_TASKS_COMPLETED" },
              },
            },
          },
        },
      }),
    );
    expect(job.state).toBe("PIPELINE_STATE_FAILED");
    const told = JSON.parse(task(job, "notice").execution?.metadata?.fields?.["output:out"]?.stringValue ?? "{}");
    expect(told).toMatchObject({ state: "FAILED", pipelineTaskName: "work", pipelineJobResourceName: job.name });
    expect(told.error.message).toContain("the disk is full");
  });

  test("fails a task that leaves an output parameter unwritten", async () => {
    const idle = { program: "", outputDefinitions: { parameters: { out: text } } };
    const job = await run(
      pipelineSpec({
        programs: { idle },
        root: { dag: { tasks: { idle: { componentRef: { name: "idle" }, taskInfo: { name: "idle" } } } } },
      }),
    );
    expect(job.error?.message).toContain("output parameter out was not written");
  });

  test("reuses a task of the same pipeline and inputs, until the input's content changes", async () => {
    const source = join(server.bucket("bucket"), "cached.txt");
    writeFileSync(source, "one");
    const spec = (name: string) =>
      pipelineSpec({
        name,
        programs: { upper },
        components: { import: { executorLabel: "exec-import", outputDefinitions: { artifacts: { artifact } } } },
        executors: {
          "exec-import": {
            importer: { artifactUri: { constant: "gs://bucket/cached.txt" }, typeSchema: artifact.artifactType },
          },
        },
        root: {
          dag: {
            tasks: {
              import: { componentRef: { name: "import" }, taskInfo: { name: "import" } },
              upper: {
                componentRef: { name: "upper" },
                taskInfo: { name: "upper" },
                cachingOptions: { enableCache: true },
                inputs: { artifacts: { text: outputArtifact("import", "artifact") } },
              },
            },
          },
        },
      });
    const first = await run(spec("cached"));
    const second = await run(spec("cached"));
    expect(task(second, "upper").state).toBe("SKIPPED");
    expect(uriOf(second, "upper", "loud")).toBe(uriOf(first, "upper", "loud"));
    expect(task(await run(spec("another")), "upper").state).toBe("SUCCEEDED");
    writeFileSync(source, "three");
    const changed = await run(spec("cached"));
    expect(task(changed, "upper").state).toBe("SUCCEEDED");
    expect(read(uriOf(changed, "upper", "loud"))).toBe("THREE");
  });

  test("is cancelled with the whole tree of its processes", async () => {
    // A child that ignores SIGTERM, and writes its id.
    const tree = {
      program:
        "require('child_process').spawn('sh', ['-c', `trap '' TERM; echo $$ > $0; while :; do sleep 0.1; done`, process.argv[1]]); setInterval(() => {}, 1000)",
      args: ["/gcs/bucket/child"],
    };
    const name = await submit(
      pipelineSpec({
        programs: { tree },
        root: { dag: { tasks: { tree: { componentRef: { name: "tree" }, taskInfo: { name: "tree" } } } } },
      }),
    );
    const files = await until(
      () => filesOf(server.bucket("bucket")),
      (found) => (found["child"] ?? "").endsWith("\n"),
    );
    const child = Number(files["child"]);
    await client.cancelPipelineJob({ name });
    const job = await ended(name);
    expect(job.state).toBe("PIPELINE_STATE_CANCELLED");
    expect(task(job, "tree").state).toBe("CANCELLED");
    await until(
      () => isAlive(child),
      (alive) => !alive,
    );
    await client.cancelPipelineJob({ name });
    expect((await get(name)).state).toBe("PIPELINE_STATE_CANCELLED");
  });
});

describe("a request", () => {
  const one = pipelineSpec({
    programs: { echo },
    root: {
      inputDefinitions: { parameters: { value: text, count: { ...integer, isOptional: true } } },
      dag: { tasks: { echo: echoTask(input("value")) } },
    },
  });

  test("is refused with every problem at once", async () => {
    const { code, message } = await refusal(submit(one, { parameters: { vaule: "x", count: 1.5 } }));
    expect(code).toBe(3);
    expect(message).toContain("no such parameter; it has value, count");
    expect(message).toContain("1.5 should be of type NUMBER_INTEGER");
    expect(message).toContain("the pipeline requires this parameter");
  });

  test("with an empty spec says how a Node client has to send it", async () => {
    const { code, message } = await refusal(
      client.createPipelineJob({
        parent,
        pipelineJob: { pipelineSpec: one as never, runtimeConfig: { gcsOutputDirectory: "gs://bucket/x" } },
      }),
    );
    expect(code).toBe(3);
    expect(message).toContain("toValue");
  });

  test("with a bad id, an unknown field, a cycle or a broken expression is refused", async () => {
    expect((await refusal(submit(one, { id: "Not_An_Id" }))).message).toContain("pipeline_job_id");
    expect((await refusal(submit({ ...one, rooot: {} }))).message).toContain("rooot");
    const loop = {
      a: { componentRef: { name: "echo" }, dependentTasks: ["b"] },
      b: { componentRef: { name: "echo" }, dependentTasks: ["a"] },
    };
    expect(
      (await refusal(submit(pipelineSpec({ programs: { echo }, root: { dag: { tasks: loop } } })))).message,
    ).toContain("a → b → a");
    const broken = { echo: echoTask(constant("x"), { triggerPolicy: { condition: "inputs.parameter_values['" } }) };
    expect(
      (await refusal(submit(pipelineSpec({ programs: { echo }, root: { dag: { tasks: broken } } })))).message,
    ).toContain("trigger_policy.condition");
  });

  test("for what isn't executed here is refused by name", async () => {
    const resolver = pipelineSpec({
      components: { r: { executorLabel: "r" } },
      executors: { r: { resolver: {} } },
      root: { dag: { tasks: { r: { componentRef: { name: "r" } } } } },
    });
    expect(await refusal(submit(resolver))).toMatchObject({ code: 12, message: expect.stringContaining("resolver") });
  });

  test("for an id that is taken, or isn't there, has Google's code and details", async () => {
    await run(one, { id: "taken", parameters: { value: "x" } });
    expect((await refusal(submit(one, { id: "taken", parameters: { value: "x" } }))).code).toBe(6);
    const error = await client
      .getPipelineJob({ name: `${parent}/pipelineJobs/nowhere` })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 5, reason: "RESOURCE_NOT_FOUND", domain: "aiplatform.googleapis.com" });
  });

  test("to list filters, orders, pages and masks", async () => {
    const before = new Date().toISOString();
    for (const [id, fruit] of [
      ["list-a", "apple"],
      ["list-b", "pear"],
      ["list-c", "apple"],
    ] as const) {
      await run(one, { id, parameters: { value: "x" }, labels: { fruit } });
    }
    const ids = async (filter: string, more: object = {}) =>
      (await client.listPipelineJobs({ parent, filter, ...more }))[0].map(({ name }) => name?.split("/").at(-1));
    const mine = `create_time>="${before}"`;
    expect(await ids(`${mine} AND labels.fruit=apple`, { orderBy: "create_time" })).toEqual(["list-a", "list-c"]);
    expect(await ids(`${mine} AND (labels.fruit="pear" OR pipeline_job_user_id:"*-c")`)).toEqual(["list-c", "list-b"]);
    expect(await ids(`${mine} AND state="PIPELINE_STATE_FAILED"`)).toEqual([]);
    expect(await ids(`${mine} AND NOT labels.fruit:*`)).toEqual([]);
    const page = { autoPaginate: false };
    const [first, request] = await client.listPipelineJobs(
      { parent, filter: mine, pageSize: 2, readMask: { paths: ["name", "pipeline_spec.pipelineInfo"] } },
      page,
    );
    expect(first.map(({ name, state }) => [name?.split("/").at(-1), state])).toEqual([
      ["list-c", "PIPELINE_STATE_UNSPECIFIED"],
      ["list-b", "PIPELINE_STATE_UNSPECIFIED"],
    ]);
    const [rest, none] = await client.listPipelineJobs(request ?? {}, page);
    expect(rest.map(({ name }) => name?.split("/").at(-1))).toEqual(["list-a"]);
    expect(none).toBeNull();
    expect((await refusal(client.listPipelineJobs({ parent, filter: "colour=red" }))).code).toBe(3);
  });

  test("to delete a job removes it", async () => {
    const name = (await run(one, { id: "deleted", parameters: { value: "x" } })).name ?? "";
    const [operation] = await client.deletePipelineJob({ name });
    await operation.promise();
    expect((await refusal(get(name))).code).toBe(5);
  });
});
