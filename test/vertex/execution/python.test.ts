import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultCache } from "../../../local/images.ts";
import { filesOf, isAlive, type TestVertex, testVertex, until } from "../../../local/vertex/testing/harness.ts";
import { outputOf, Pipelines, statesOf, taskOf } from "../../../local/vertex/testing/pipelines.ts";
import { startServerProcess } from "../../../local/vertex/testing/server-process.ts";
import {
  artifact,
  constant,
  integer,
  list,
  output,
  outputArtifact,
  parameters,
  pipelineSpec,
  struct,
  task,
  text,
} from "../../../local/vertex/testing/specs.ts";
import { lightweight } from "./lightweight.ts";

/** Lightweight components of the Python SDK, run by real Pythons with the real kfp. */

const environments = join(process.env["RETEMPER_CACHE"] ?? defaultCache, "python");
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

const made = () => readdirSync(environments).filter((name) => !name.startsWith("making-"));

test("a function's parameters and artifacts come and go in their types", async () => {
  const train = lightweight("train", {
    source: `def train(epochs: int, rate: float, layers: list, options: dict, model: Output[Model], note: str = "none") -> NamedTuple("Out", [("total", int), ("seen", dict)]):
    with open(model.path, "w") as file:
        file.write("weights")
    model.metadata["accuracy"] = 0.5
    from collections import namedtuple
    return namedtuple("Out", ["total", "seen"])(epochs + 1, {"rate": rate, "layers": layers, "options": options, "note": note})`,
    inputDefinitions: {
      parameters: {
        epochs: integer,
        rate: { parameterType: "NUMBER_DOUBLE" },
        layers: list,
        options: struct,
        note: { ...text, isOptional: true, defaultValue: "none" },
      },
    },
    outputDefinitions: {
      parameters: { total: integer, seen: struct },
      artifacts: { model: { artifactType: { schemaTitle: "system.Model", schemaVersion: "0.0.1" } } },
    },
  });
  const look = lightweight("look", {
    source: `def look(model: Input[Model], total: int) -> str:
    with open(model.path) as file:
        return f"{file.read()} {model.uri.startswith('gs://')} {model.metadata['accuracy']} {total}"`,
    inputDefinitions: { parameters: { total: integer }, artifacts: { model: artifact } },
    outputDefinitions: { parameters: { Output: text } },
  });
  const job = await pipelines.run(
    pipelineSpec({
      components: { ...train.components, ...look.components },
      executors: { ...train.executors, ...look.executors },
      root: {
        dag: {
          tasks: {
            train: task("train", {
              ...parameters({
                epochs: constant(3),
                rate: constant(0.1),
                layers: constant([1, 2]),
                options: constant({ units: 8, name: "it's" }),
              }),
            }),
            look: task("look", {
              inputs: {
                parameters: { total: output("train", "total") },
                artifacts: { model: outputArtifact("train", "model") },
              },
            }),
          },
        },
      },
    }),
    {},
    120,
  );
  expect(job.error).toBeNull();
  expect(outputOf(job, "train", "seen")).toEqual({
    rate: 0.1,
    layers: [1, 2],
    options: { units: 8, name: "it's" },
    note: "none",
  });
  expect(outputOf(job, "look", "Output")).toBe("weights True 0.5 4");
  const { uri } = taskOf(job, "train").outputs?.["model"]?.artifacts?.[0] ?? {};
  expect(filesOf(server.bucket("bucket"))[uri?.replace("gs://bucket/", "") ?? ""]).toBe("weights");
});

const versions = (name: string, more: Partial<Parameters<typeof lightweight>[1]> = {}) =>
  lightweight(name, {
    source: `def ${name}() -> str:
    import kfp, sys
    return f"{sys.version_info[0]}.{sys.version_info[1]} {kfp.__version__} {sys.prefix}"`,
    outputDefinitions: { parameters: { Output: text } },
    ...more,
  });
const together = (...parts: ReturnType<typeof lightweight>[]) =>
  pipelineSpec({
    components: Object.assign({}, ...parts.map(({ components }) => components)),
    executors: Object.assign({}, ...parts.map(({ executors }) => executors)),
    root: {
      dag: {
        tasks: Object.fromEntries(
          parts.flatMap(({ components }) => Object.keys(components)).map((name) => [name, task(name)]),
        ),
      },
    },
  });

test("tasks that install the same share one environment, and another version of kfp has its own (15)", async () => {
  const spec = together(versions("one"), versions("two"), versions("three", { kfp: "2.16.0" }));
  const job = await pipelines.run(spec, {}, 120);
  expect(job.error).toBeNull();
  const [one, two, three] = ["one", "two", "three"].map((name) => String(outputOf(job, name, "Output")));
  expect(one).toMatch(/^3\.\d+ 2\.17\.0 /);
  expect(two).toBe(one);
  expect(three).toMatch(/^3\.\d+ 2\.16\.0 /);
  const before = made();
  const begun = performance.now();
  await pipelines.run(spec, {}, 120);
  expect(made()).toEqual(before);
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test("what can't be installed fails its task and is named", async () => {
  const job = await pipelines.run(
    together(versions("missing", { packages: ["retemper-has-no-such-package==1.0"] })),
    {},
    120,
  );
  expect(statesOf(job)).toEqual({ missing: "FAILED" });
  expect(taskOf(job, "missing").error?.message).toContain("retemper-has-no-such-package");
});

test("a function that raises fails its task with the error it raised", async () => {
  const bad = lightweight("bad", {
    source: `def bad():
    raise ValueError("no rows left")`,
  });
  const job = await pipelines.run(together(bad), {}, 120);
  expect(taskOf(job, "bad").error?.message).toContain("ValueError: no rows left");
  expect(job.error?.message).toContain("no rows left");
});

test("a container on Python's image runs on a Python, and what it installs is its own", async () => {
  const job = await pipelines.run(
    pipelineSpec({
      components: { say: { executorLabel: "say", outputDefinitions: { parameters: { out: text } } } },
      executors: {
        say: {
          container: {
            image: "python:3.11-slim",
            command: [
              "sh",
              "-c",
              'python -c "import sys; print(sys.version_info[0], end=str())" > "$0"; echo $PIP_TARGET',
            ],
            args: ["{{$.outputs.parameters['out'].output_file}}"],
          },
        },
      },
      root: { dag: { tasks: { say: task("say") } } },
    }),
    {},
    120,
  );
  expect(outputOf(job, "say", "out")).toBe("3");
});

test("each component has chance, environment and working folder of its own", async () => {
  const look = (name: string) =>
    lightweight(name, {
      source: `def ${name}() -> dict:
    import os, random, tempfile
    with open("here", "x") as file:
        file.write("mine")
    os.environ["LEFT_BEHIND"] = "yes"
    return {"chance": random.random(), "pid": os.getpid(), "home": os.environ["HOME"], "temporary": tempfile.gettempdir(), "inherited": os.environ.get("RETEMPER_TEST_SECRET", "none"), "main": __import__("__main__").__spec__.name}`,
      outputDefinitions: { parameters: { Output: struct } },
    });
  process.env["RETEMPER_TEST_SECRET"] = "of the server";
  const job = await pipelines.run(together(look("one"), look("two")), {}, 120);
  const [one, two] = ["one", "two"].map((name) => outputOf(job, name, "Output") as Record<string, unknown>);
  for (const key of ["chance", "pid", "home", "temporary"]) expect(one?.[key]).not.toEqual(two?.[key]);
  expect([one?.["inherited"], two?.["inherited"]]).toEqual(["none", "none"]);
  expect(String(one?.["main"])).toMatch(/^(kfp\.dsl\.executor_main|__main__)$/);
});

const stubborn = lightweight("stubborn", {
  source: `def stubborn(mark: str):
    import os, signal, subprocess, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen(["sleep", "600"])
    with open(mark, "w") as file:
        file.write(f"{os.getpid()} {child.pid}\\n")
    time.sleep(600)`,
  inputDefinitions: { parameters: { mark: text } },
});

test("a component is cancelled with all that it started", async () => {
  const mark = join(server.bucket("bucket"), "stubborn");
  const name = await pipelines.submit(
    pipelineSpec({
      ...stubborn,
      root: { dag: { tasks: { stubborn: task("stubborn", parameters({ mark: constant(mark) })) } } },
    }),
  );
  const pids = await until(
    () => (filesOf(server.bucket("bucket"))["stubborn"] ?? "").trim().split(" ").map(Number),
    (found) => found.length === 2,
    60,
  );
  await pipelines.client.cancelPipelineJob({ name });
  expect(statesOf(await pipelines.ended(name))).toEqual({ stubborn: "CANCELLED" });
  expect(pids.map(isAlive)).toEqual([false, false]);
});

test("a component outlives a killed server, whose successor takes it for what it was", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vertex-"));
  const slow = lightweight("slow", {
    source: `def slow(log: str) -> str:
    import os, time
    with open(log, "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(3)
    return "done"`,
    inputDefinitions: { parameters: { log: text } },
    outputDefinitions: { parameters: { Output: text } },
  });
  let there = await startServerProcess(folder);
  let clients = new Pipelines(there);
  try {
    const log = join(folder, "log");
    const name = await clients.submit(
      pipelineSpec({ ...slow, root: { dag: { tasks: { slow: task("slow", parameters({ log: constant(log) })) } } } }),
    );
    await until(
      () => (existsSync(log) ? readFileSync(log, "utf8") : ""),
      (text) => text.endsWith("\n"),
      60,
    );
    await clients.client.close();
    await there.kill();
    there = await startServerProcess(folder);
    clients = new Pipelines(there);
    const job = await clients.ended(name, 30);
    expect(outputOf(job, "slow", "Output")).toBe("done");
    expect(readFileSync(log, "utf8").trim().split("\n")).toHaveLength(1);
  } finally {
    await clients.client.close();
    await there.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});
