import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cases } from "../../../vertex/conformance/cases/index.ts";
import { startValues } from "../../../vertex/conformance/run-case.ts";
import { chooseTarget, type Target } from "../../../vertex/conformance/target.ts";

let folder: string;
let target: Target;

/** Google's Python client, unmodified, in an environment of this test's own. */
beforeAll(async () => {
  target = await chooseTarget();
  folder = await mkdtemp(join(tmpdir(), "vertex-python-"));
  await run("python3", ["-m", "venv", join(folder, "venv")]);
  const requirements = join(import.meta.dirname, "requirements.txt");
  await run(join(folder, "venv/bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
});

afterAll(async () => {
  await target.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(program: string, args: readonly string[], input = ""): Promise<string> {
  const { certificateAuthority, storage } = target;
  const trust = certificateAuthority && {
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: certificateAuthority,
    REQUESTS_CA_BUNDLE: certificateAuthority,
    ...(storage !== null && { STORAGE_EMULATOR_HOST: storage }),
  };
  // The installer talks to the world outside.
  const environment = program.endsWith("bin/python") ? { ...process.env, ...trust } : process.env;
  const child = spawn(program, args, { cwd: folder, env: environment, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const [output, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  if (status !== 0) throw new Error(`${program} ${args[0]}: ${status}\n${errors.slice(-4_000)}`);
  return output;
}

const python = (script: string, args: readonly string[], input = "") =>
  run(join(folder, "venv/bin/python"), [join(import.meta.dirname, script), ...args], input);
const lastLine = (output: string) => JSON.parse(output.trim().split("\n").at(-1) ?? "") as unknown;

test("every case of the conformance suite, over gRPC with TLS and over REST", async () => {
  const { isReal, address, patience } = target;
  const asked = cases
    .filter((one) => target.applies(one))
    .map((one) => ({ ...one, values: { grpc: startValues(target), rest: startValues(target) } }));
  const output = await python(
    "conformance.py",
    [],
    JSON.stringify({ target: { isReal, address, patience }, cases: asked }),
  );
  expect(lastLine(output)).toEqual({ ran: asked.length * 2, differences: [] });
});

const spec = {
  pipelineInfo: { name: "sdk" },
  schemaVersion: "2.1.0",
  sdkVersion: "kfp-2.17.0",
  root: { dag: { tasks: { one: { taskInfo: { name: "one" }, componentRef: { name: "comp-one" } } } } },
  components: { "comp-one": { executorLabel: "exec-one" } },
  deploymentSpec: {
    executors: { "exec-one": { container: { image: "example.com/node", command: ["sh", "-c"], args: ["true"] } } },
  },
};

test.each(["grpc", "rest"])("what people write with google-cloud-aiplatform, over %s", async (transport) => {
  if (target.isReal) return;
  const template = join(folder, "pipeline.json");
  await writeFile(template, JSON.stringify(spec));
  const output = await python("sdk.py", [target.address, transport, template, target.bucket, target.image]);
  expect(lastLine(output)).toEqual({
    pipeline: "PIPELINE_STATE_SUCCEEDED",
    pipeline_list: true,
    pipeline_run_context: true,
    custom_job: "JOB_STATE_SUCCEEDED",
    training: "PIPELINE_STATE_SUCCEEDED",
    alias: "1",
    versions: [
      ["1", ["default"]],
      ["2", ["champion"]],
    ],
    copy: "1",
    exported: "1 2 3",
    batch: [2, 4],
    explain: { a: 2, b: 4 },
    predict: [2, 4],
    predict_raw: true,
    raw_predict: { predictions: [6] },
    stream_raw_predict: '{"predictions":[8]}',
    schedule: ["ACTIVE", "PAUSED"],
    lineage: [1, 1],
    experiment: [{ rate: 0.1 }, { accuracy: 0.9, loss: 0.2 }],
    runs: ["first"],
  });
});
