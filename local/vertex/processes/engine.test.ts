import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive, type TestVertex, testVertex, until } from "../testing/harness.ts";
import { outputOf, Pipelines, statesOf } from "../testing/pipelines.ts";
import { constant, parameters, pipelineSpec, task, text } from "../testing/specs.ts";
import { killArguments, runArguments } from "./engine.ts";

/**
 * Containers by docker, as far as that can be seen without a daemon: the stand-in writes down its arguments and runs the
 * container's command on this machine. That a real docker does the same with them is not proven here.
 */
const standIn = `#!${process.execPath}
const { appendFileSync } = require('fs');
const { spawn } = require('child_process');
const [verb, ...args] = process.argv.slice(2);
appendFileSync(process.env.STAND_IN_LOG, JSON.stringify([verb, ...args]) + '\\n');
if (verb === 'info') console.log('4');
if (verb === 'run') {
  const value = (name) => args[args.indexOf(name) + 1];
  const [storage] = value('--volume').split(':');
  const command = args.slice(args.indexOf('example.com/theirs:1') + 1).map((arg) => arg.replaceAll('/gcs/', storage + '/'));
  const child = spawn(value('--entrypoint'), command, { stdio: 'inherit', env: { ...process.env, COLOUR: 'red' } });
  process.on('SIGTERM', () => {});
  child.on('exit', (code) => process.exit(code));
}
`;

let folder: string;
let server: TestVertex;
let pipelines: Pipelines;
const path = process.env["PATH"] ?? "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "stand-in-"));
  writeFileSync(join(folder, "docker"), standIn);
  chmodSync(join(folder, "docker"), 0o755);
  process.env["PATH"] = `${folder}${delimiter}${path}`;
  process.env["STAND_IN_LOG"] = join(folder, "log");
  server = await testVertex({ containerEngine: "docker", killGrace: 500 });
  pipelines = new Pipelines(server);
});
afterAll(async () => {
  await pipelines.client.close();
  await server.close();
  process.env["PATH"] = path;
  rmSync(folder, { recursive: true, force: true });
});

const calls = () =>
  readFileSync(join(folder, "log"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as string[]);
const container = (program: string, args: readonly string[], resources: object = {}) => ({
  container: {
    image: "example.com/theirs:1",
    command: ["sh", "-c", program],
    args,
    env: [{ name: "COLOUR", value: "red" }],
    resources,
  },
});

test("an image that is no program of this machine is run by the engine, its buckets under /gcs and its limits told", async () => {
  const job = await pipelines.run(
    pipelineSpec({
      components: {
        say: {
          executorLabel: "say",
          inputDefinitions: { parameters: { value: text } },
          outputDefinitions: { parameters: { out: text } },
        },
      },
      executors: {
        say: container(
          'printf %s "$0" > "$1"',
          ["{{$.inputs.parameters['value']}}", "{{$.outputs.parameters['out'].output_file}}"],
          { resourceCpuLimit: "500m", resourceMemoryLimit: "1Gi" },
        ),
      },
      root: { dag: { tasks: { say: task("say", parameters({ value: constant("hello") })) } } },
    }),
  );
  expect(outputOf(job, "say", "out")).toBe("hello");
  const [verb, ...args] = calls().find(([first]) => first === "run") ?? [];
  expect(verb).toBe("run");
  const after = (option: string) => args[args.indexOf(option) + 1];
  expect(after("--volume")).toBe(`${join(server.folder, "storage")}:/gcs`);
  expect([after("--memory"), after("--cpus"), after("--network"), after("--env")]).toEqual([
    String(2 ** 30),
    "0.5",
    "host",
    "COLOUR=red",
  ]);
  expect([after("--user"), after("--security-opt")]).toEqual([
    `${process.getuid?.()}:${process.getgid?.()}`,
    "label=disable",
  ]);
  const [image = "", flag, program, value, file] = args.slice(args.indexOf("example.com/theirs:1"));
  expect([image, flag, program, value]).toEqual(["example.com/theirs:1", "-c", 'printf %s "$0" > "$1"', "hello"]);
  expect(file).toMatch(/^\/gcs\/bucket\/runs\/.*\/out$/);
});

test("what a signal to the engine's client doesn't end is killed by its name", async () => {
  const name = await pipelines.submit(
    pipelineSpec({
      components: { stay: { executorLabel: "stay" } },
      executors: { stay: container('trap "" TERM; echo $$ > "$0"; while :; do sleep 0.05; done', ["/gcs/bucket/pid"]) },
      root: { dag: { tasks: { stay: task("stay") } } },
    }),
  );
  const pid = await until(
    () => {
      try {
        return Number(readFileSync(join(server.bucket("bucket"), "pid"), "utf8"));
      } catch {
        return 0;
      }
    },
    (found) => found > 0,
  );
  await pipelines.client.cancelPipelineJob({ name });
  expect(statesOf(await pipelines.ended(name))).toEqual({ stay: "CANCELLED" });
  const ran = calls()
    .filter(([verb]) => verb === "run")
    .at(-1);
  const started = ran?.[ran.indexOf("--name") + 1];
  expect(calls()).toContainEqual(["rm", "--force", started]);
  expect(isAlive(pid)).toBe(false);
});

test("a limit is the engine's to hold, and no more than there is", async () => {
  const job = await pipelines.run(
    pipelineSpec({
      components: { large: { executorLabel: "large" }, small: { executorLabel: "small" } },
      executors: {
        large: container("exit 0", [], { resourceCpuLimit: "64", resourceMemoryLimit: "600G" }),
        // Less than the client itself takes.
        small: container("sleep 1.2", [], { resourceMemoryLimit: "8M" }),
      },
      root: { dag: { tasks: { large: task("large"), small: task("small") } } },
    }),
  );
  expect(statesOf(job)).toEqual({ large: "SUCCEEDED", small: "SUCCEEDED" });
  const limits = calls()
    .filter(([verb]) => verb === "run")
    .map((call) => [
      call[call.indexOf("--memory") + 1],
      call.includes("--cpus") ? call[call.indexOf("--cpus") + 1] : null,
    ]);
  expect(limits).toContainEqual(["600000000000", "4"]);
  expect(limits).toContainEqual(["8000000", null]);
});

test("the command lines are each engine's own", () => {
  const spec = { image: "i", command: ["c", "d"], args: ["e"], environment: {}, limits: { cpus: 0, memory: 0 } };
  const podman = { program: "podman", cpus: 4 } as const;
  expect(runArguments(podman, "n", spec, "/buckets")).toEqual([
    ...["podman", "run", "--rm", "--name", "n", "--network", "host", "--security-opt", "label=disable"],
    ...["--volume", "/buckets:/gcs", "--user", "0:0", "--entrypoint", "c", "i", "d", "e"],
  ]);
  expect(killArguments(podman, "n")).toEqual(["podman", "rm", "--force", "--time", "0", "n"]);
});
