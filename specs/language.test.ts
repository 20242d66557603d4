import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import {
  Artifact,
  and,
  cast,
  compile,
  container,
  customJob,
  Dataset,
  double,
  executorInput,
  exitHandler,
  importer,
  int,
  Model,
  not,
  optional,
  or,
  pipeline,
  SpecError,
  string,
  validateSpec,
  when,
} from "./index.ts";

const train = container("train", {
  image: "trainer:1",
  inputs: { baseModel: Model, data: Dataset, epochs: int({ default: 3 }) },
  outputs: { model: Model, loss: double() },
  command: ["python", "-m", "trainer"],
  args: ({ inputs, outputs }) => ["--epochs", inputs.epochs, "--model", outputs.model.path, executorInput],
  env: { A: "component" },
});
const evaluate = container("evaluate", {
  image: "trainer:1",
  inputs: { model: Model, threshold: double({ default: 0.5 }) },
  outputs: { rows: int(), verdict: string() },
});

const judge = container("judge", { image: "trainer:1", inputs: { verdict: string() } });

describe("a branch", () => {
  const branching = pipeline(
    "branching",
    { inputs: { uri: string(), champion: string({ optional: true }), limit: int({ default: 10 }) } },
    ({ uri, champion, limit }) => {
      const model = importer(Model, { uri });
      const mine = evaluate({ model }).named("evaluate-candidate");
      when(champion.isPresent(), () => {
        const theirs = evaluate({ model: importer(Model, { uri: champion }) }).named("evaluate-champion");
        when(and(theirs.rows.atLeast(limit), not(or(mine.verdict.equals("it's"), mine.rows.lessThan(1.5)))), () => {
          evaluate({ model }).named("evaluate-again");
        });
      });
      return { rows: mine.rows };
    },
  );
  const { spec } = compile(branching);
  const outer = spec.root?.dag?.tasks?.["condition-1"];
  const inner = spec.components?.["comp-condition-1"]?.dag?.tasks?.["condition-2"];

  test("an optional text that is asked about is empty when absent", () => {
    expect(spec.root?.inputDefinitions?.parameters?.["champion"]).toEqual({
      parameterType: "STRING",
      isOptional: true,
      defaultValue: "",
    });
    expect(outer?.triggerPolicy?.condition).toBe("inputs.parameter_values['pipelinechannel--champion'] != ''");
  });

  test("conditions read integers as integers and quote text", () => {
    expect(inner?.triggerPolicy?.condition).toBe(
      "int(inputs.parameter_values['pipelinechannel--evaluate-champion-rows']) >= int(inputs.parameter_values['pipelinechannel--limit'])" +
        " && !(inputs.parameter_values['pipelinechannel--evaluate-candidate-verdict'] == 'it\\'s'" +
        " || double(int(inputs.parameter_values['pipelinechannel--evaluate-candidate-rows'])) < 1.5)",
    );
  });

  test("what is used inside passes in, from the task beside it or from further out", () => {
    expect(outer?.dependentTasks).toEqual(["evaluate-candidate", "importer"]);
    expect(outer?.inputs?.artifacts).toEqual({
      "pipelinechannel--importer-artifact": {
        taskOutputArtifact: { producerTask: "importer", outputArtifactKey: "artifact" },
      },
    });
    expect(inner?.dependentTasks).toEqual(["evaluate-champion"]);
    expect(inner?.inputs?.artifacts).toEqual({
      "pipelinechannel--importer-artifact": { componentInputArtifact: "pipelinechannel--importer-artifact" },
    });
    expect(inner?.inputs?.parameters?.["pipelinechannel--limit"]).toEqual({
      componentInputParameter: "pipelinechannel--limit",
    });
  });

  test("the spec is valid", () => {
    expect(validateSpec(spec)).toEqual([]);
  });
});

describe("a task", () => {
  test("told many things, in any order, keeps them all", () => {
    const told = compile(
      pipeline("told", {}, () => {
        const model = importer(Model, { uri: "gs://m" });
        const first = evaluate({ model }).cpu("500m").memory({ limit: "16Gi", request: "1G" });
        evaluate({ model })
          .displayName("Evaluate again")
          .after(first)
          .cache(false)
          .retry({ count: 2, backoffSeconds: 5 })
          .env({ B: "task" })
          .accelerator("NVIDIA_L4", 2);
      }),
    ).spec;
    expect(told.root?.dag?.tasks?.["evaluate-2"]).toMatchObject({
      taskInfo: { name: "Evaluate again" },
      dependentTasks: ["evaluate", "importer"],
      cachingOptions: {},
      retryPolicy: { maxRetryCount: 2, backoffDuration: "5s", backoffFactor: 2, backoffMaxDuration: "3600s" },
    });
    expect(told.deploymentSpec?.executors?.["exec-evaluate"]?.container?.resources).toEqual({
      cpuLimit: 0.5,
      resourceCpuLimit: "500m",
      memoryLimit: 17.179869184,
      resourceMemoryLimit: "16Gi",
      memoryRequest: 1,
      resourceMemoryRequest: "1G",
    });
    expect(told.deploymentSpec?.executors?.["exec-evaluate-2"]?.container).toMatchObject({
      env: [{ name: "B", value: "task" }],
      resources: { accelerator: { type: "NVIDIA_L4", count: "2", resourceType: "NVIDIA_L4", resourceCount: "2" } },
    });
  });

  test("on a CustomJob is a launcher with the container as its payload", () => {
    const { spec } = compile(
      pipeline("on-tpu", {}, () => {
        train({ baseModel: importer(Model, { uri: "gs://m" }), data: importer(Dataset, { uri: "gs://d" }) })
          .env({ B: "task" })
          .runOn(
            customJob({
              hardware: { machineType: "ct5lp-hightpu-8t", tpuTopology: "2x4" },
              strategy: "spot",
              labels: { team: "a" },
            }),
          );
      }),
    );
    const launcher = spec.deploymentSpec?.executors?.["exec-train"]?.container;
    expect(launcher?.image).toMatch(/^gcr\.io\/ml-pipeline\/google-cloud-pipeline-components:/);
    expect(launcher?.command?.at(-1)).toBe("google_cloud_pipeline_components.container.v1.custom_job.launcher");
    expect(launcher?.args?.slice(0, 3)).toEqual(["--type", "CustomJob", "--payload"]);
    expect(launcher?.env).toBeUndefined();

    const inputs = spec.components?.["comp-train"]?.inputDefinitions?.parameters;
    expect(inputs?.["strategy"]?.defaultValue).toBe("SPOT");
    expect(inputs?.["labels"]?.defaultValue).toEqual({ team: "a" });
    expect(inputs?.["epochs"]?.defaultValue).toBe(3);
    expect(inputs?.["worker_pool_specs"]?.defaultValue).toEqual([
      {
        machine_spec: { machine_type: "ct5lp-hightpu-8t", tpu_topology: "2x4" },
        replica_count: 1,
        container_spec: {
          image_uri: "trainer:1",
          command: ["python", "-m", "trainer"],
          args: [
            "--epochs",
            "{{$.inputs.parameters['epochs']}}",
            "--model",
            "{{$.outputs.artifacts['model'].path}}",
            "{{$.json_escape[1]}}",
          ],
          env: [
            { name: "A", value: "component" },
            { name: "B", value: "task" },
          ],
        },
        disk_spec: { boot_disk_type: "pd-ssd", boot_disk_size_gb: 100 },
      },
    ]);
    expect(validateSpec(spec)).toEqual([]);
  });

  test("need not be given an optional artifact", () => {
    const look = container("look", { image: "looker:1", inputs: { data: optional(Dataset) } });
    const { spec } = compile(pipeline("look-at-nothing", {}, () => void look()));
    expect(spec.components?.["comp-look"]?.inputDefinitions?.artifacts?.["data"]?.isOptional).toBe(true);
    expect(spec.root?.dag?.tasks?.["look"]?.inputs).toBeUndefined();
  });

  test("takes an artifact for what its author says it is, and gives it back as that", () => {
    const download = container("download", { image: "downloader:1", outputs: { file: Artifact } });
    const count = container("count", { image: "counter:1", inputs: { data: Dataset } });
    const { spec } = compile(
      pipeline("cast", {}, () => {
        const data = cast(Dataset, download().file);
        count({ data });
        return { data, anything: cast(Artifact, data) };
      }),
    );
    expect(spec.root?.dag?.tasks?.["count"]?.inputs?.artifacts).toEqual({
      data: { taskOutputArtifact: { producerTask: "download", outputArtifactKey: "file" } },
    });
    const types = Object.entries(spec.root?.outputDefinitions?.artifacts ?? {}).map(([name, { artifactType }]) => [
      name,
      artifactType?.schemaTitle,
    ]);
    expect(types).toEqual([
      ["data", "system.Dataset"],
      ["anything", "system.Artifact"],
    ]);
    expect(validateSpec(spec)).toEqual([]);
  });
});

describe("a mistake that types cannot see has a code and a place", () => {
  const model = () => importer(Model, { uri: "gs://m" });

  test.each<[string, () => unknown, Partial<SpecError>]>([
    [
      "an output used outside its branch",
      () =>
        pipeline("p", { inputs: { on: int() } }, ({ on }) => {
          let inside = model();
          when(on.equals(1), () => {
            inside = model();
          });
          evaluate({ model: inside });
        }),
      { code: "unreachable", place: { pipeline: "p", task: "evaluate", input: "model" } },
    ],
    [
      "a model taken for a dataset",
      () => pipeline("p", {}, () => void cast(Dataset, model() as never)),
      { code: "invalid-input", place: { pipeline: "p" } },
    ],
    [
      "a value of another pipeline",
      () => {
        let stray: ReturnType<typeof model> | undefined;
        pipeline("p", {}, () => {
          stray = model();
        });
        pipeline("q", {}, () => {
          if (stray !== undefined) evaluate({ model: stray });
        });
      },
      { code: "unreachable", place: { pipeline: "q", task: "evaluate", input: "model" } },
    ],
    [
      "an output of a branch given back",
      () =>
        compile(
          pipeline("p", { inputs: { on: int() } }, ({ on }) => {
            let made = model();
            when(on.equals(1), () => {
              made = model();
            });
            return { made };
          }),
        ),
      { code: "unreachable", place: { pipeline: "p" } },
    ],
    [
      "tasks that wait for each other",
      () =>
        compile(
          pipeline("p", {}, () => {
            const first = evaluate({ model: model() });
            const second = evaluate({ model: model() }).after(first);
            first.after(second);
          }),
        ),
      { code: "cycle", place: { pipeline: "p", task: "evaluate" } },
    ],
    [
      "the end of an exit handler that takes from another task",
      () =>
        compile(
          pipeline("p", {}, () => {
            const before = evaluate({ model: model() });
            exitHandler(judge({ verdict: before.verdict }), () => void evaluate({ model: model() }));
          }),
        ),
      { code: "unsupported", place: { pipeline: "p", task: "judge" } },
    ],
    [
      "a download into no workspace",
      () => compile(pipeline("p", {}, () => void importer(Model, { uri: "gs://m", downloadToWorkspace: true }))),
      { code: "unsupported", place: { pipeline: "p" } },
    ],
    [
      "several mistakes in one call",
      () => pipeline("p", {}, () => void evaluate({ modle: model(), threshold: Number.NaN } as never)),
      {
        code: "invalid-input",
        place: { pipeline: "p", task: "evaluate" },
        message: expect.stringMatching(/modle: .*threshold: .*needs model/s),
      },
    ],
    [
      "an input that nothing takes",
      () => pipeline("p", { inputs: { lost: int() } }, () => void model()),
      { code: "unused-input", place: { pipeline: "p" } },
    ],
    [
      "a pipeline without a task",
      () => pipeline("p", {}, () => undefined),
      { code: "empty", place: { pipeline: "p" } },
    ],
    [
      "a branch without a task",
      () =>
        pipeline("p", { inputs: { on: int() } }, ({ on }) => {
          when(on.equals(1), () => undefined);
        }),
      { code: "empty", place: { pipeline: "p" } },
    ],
    ["a task outside a pipeline", () => model(), { code: "unsupported", place: {} }],
    [
      "a name that Vertex refuses",
      () => compile(pipeline("Train it", {}, () => void model())),
      { code: "invalid-name", place: { pipeline: "Train it" } },
    ],
    [
      "half an epoch",
      () =>
        pipeline("p", {}, () => {
          train({ baseModel: model(), data: importer(Dataset, { uri: "gs://d" }), epochs: 1.5 });
        }),
      { code: "invalid-value", place: { pipeline: "p", task: "train", input: "epochs" } },
    ],
    [
      "memory without a unit that exists",
      () => pipeline("p", {}, () => void evaluate({ model: model() }).memory("16GB")),
      { code: "invalid-value", place: { pipeline: "p", task: "evaluate" } },
    ],
    [
      "a CustomJob with a task's CPU",
      () =>
        pipeline("p", {}, () => {
          evaluate({ model: model() })
            .cpu("4")
            .runOn(customJob({ hardware: { machineType: "c3-standard-4" } }));
        }),
      { code: "unsupported", place: { pipeline: "p", task: "evaluate" } },
    ],
    [
      "a value of the run made part of a text that is needed now",
      () =>
        pipeline(
          "p",
          { inputs: { who: string() } },
          ({ who }) => void evaluate({ model: model() }).env({ WHO: `${who}` }),
        ),
      { code: "unsupported", place: { pipeline: "p", task: "evaluate" } },
    ],
  ])("%s", (_, author, expected) => {
    expect(failure(author)).toMatchObject(expected);
  });
});

test("names that clash are numbered, whatever they are", () => {
  const { spec } = compile(
    pipeline("names", {}, () => {
      const model = importer(Model, { uri: "gs://m" });
      evaluate({ model }).named("x");
      evaluate({ model }).named("x-2");
      evaluate({ model }).named("x");
      evaluate({ model }).named("X_2");
    }),
  );
  expect(Object.keys(spec.root?.dag?.tasks ?? {})).toEqual(["importer", "x", "x-2", "x-3", "x-2-2"]);
});

test("a thousand tasks in a row compile, and four thousand in about four times the time", () => {
  const seconds = (count: number) => {
    const start = performance.now();
    compile(
      pipeline("row", {}, () => {
        const model = importer(Model, { uri: "gs://m" });
        let last = evaluate({ model });
        for (let task = 1; task < count; task++) last = evaluate({ model, threshold: 0.25 }).after(last);
      }),
    );
    return performance.now() - start;
  };
  seconds(1000);
  const small = Math.min(seconds(1000), seconds(1000), seconds(1000));
  const large = Math.min(seconds(4000), seconds(4000), seconds(4000));
  // Quadratic growth would be sixteen times.
  expect(large / small).toBeLessThan(10);
});

test("importing the language is quick and brings neither Temporal nor Google's clients", async () => {
  const cache = await mkdtemp(join(tmpdir(), "retemper-compile-cache-"));
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    const start = performance.now();
    await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
    console.log(JSON.stringify({ milliseconds: performance.now() - start, loaded }));
  `;
  const times: number[] = [];
  try {
    for (let round = 0; round < 4; round++) {
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
        env: { ...process.env, NODE_COMPILE_CACHE: cache },
      });
      const { milliseconds, loaded } = JSON.parse(stdout) as { milliseconds: number; loaded: string[] };
      times.push(milliseconds);
      expect(loaded.filter((url) => url.includes("/node_modules/"))).toEqual([]);
      expect(loaded.length).toBeGreaterThan(10);
    }
  } finally {
    await rm(cache, { recursive: true });
  }
  expect(Math.min(...times)).toBeLessThan(100);
});

function failure(action: () => unknown): SpecError {
  try {
    action();
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}
