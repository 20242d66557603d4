import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalImage } from "../../../local/images.ts";
import { refusal, type TestVertex, testVertex } from "../../../local/vertex/testing/harness.ts";
import { type Job, Pipelines, statesOf, taskOf } from "../../../local/vertex/testing/pipelines.ts";
import { constant, parameters, pipelineSpec, task, write } from "../../../local/vertex/testing/specs.ts";
import { fromStruct, type JsonObject } from "../../../local/vertex/wire/json.ts";
import { parseSpecDocuments } from "../../../specs/load/index.ts";
import { type Expectation, expectations } from "./expectations.ts";

/** Every reference spec of the Kubeflow project on local Vertex, and beside it the Python SDK's local runner. */

const checkout = resolve(import.meta.dirname, "../../..");
const references = resolve(checkout, "../shared/kfp");
const python = join(checkout, ".retemper/kfp/bin/python");
const there = existsSync(references);
const names: readonly string[] = there
  ? (JSON.parse(readFileSync(join(references, "manifest.json"), "utf8")) as { name: string }[]).map(({ name }) => name)
  : [];
/** Compiled by kfp 2.17.0 where that could be done, so that one environment serves nearly all. */
const fileOf = (name: string) =>
  ["regenerated", "golden"].map((folder) => join(references, folder, name)).find((file) => existsSync(file)) ?? "";

let server: TestVertex;
let pipelines: Pipelines;
/** Names of the jobs of the references that sleep for minutes, by reference. */
const started = new Map<string, string>();
let folder: string;

/** Images that hold one program, which this machine has, too. */
const images: readonly LocalImage[] = ["jetbrainsinfra/jq", "gcr.io/ml-pipeline/google-cloud-pipeline-components"].map(
  (name) => ({ name, path: [], workingDirectory: "/", environment: {}, digestOf: [], root: "/" }),
);

beforeAll(async () => {
  server = await testVertex({}, undefined, undefined, undefined, images);
  pipelines = new Pipelines(server);
  folder = mkdtempSync(join(tmpdir(), "kfp-local-"));
  for (const [name, { parameters = {} }] of slow)
    started.set(name, await pipelines.submit(specOf(name), { parameters }));
});
afterAll(async () => {
  await pipelines.client.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const specOf = (name: string) => parseSpecDocuments(readFileSync(fileOf(name), "utf8")).spec as unknown as JsonObject;

async function run(name: string, { parameters: given = {}, artifacts = {} }: GivenInputs): Promise<Job> {
  const ids = await Promise.all(
    Object.entries(artifacts).map(async ([input, text]) => [input, await artifactOf(text)] as const),
  );
  return pipelines.run(specOf(name), { parameters: given, artifacts: Object.fromEntries(ids) }, 600);
}
type GivenInputs = { readonly parameters?: JsonObject; readonly artifacts?: Readonly<Record<string, string>> };

/** The id of a new artifact with such a content. */
async function artifactOf(text: string): Promise<string> {
  const job = await pipelines.run(
    pipelineSpec({
      programs: { write },
      root: { dag: { tasks: { write: task("write", parameters({ value: constant(text) })) } } },
    }),
  );
  return taskOf(job, "write").outputs?.["file"]?.artifacts?.[0]?.name?.split("/").at(-1) ?? "";
}

/** Output parameters, and the metadata of output artifacts, of the whole pipeline. */
function outputsOf(job: Job): JsonObject {
  const root = job.jobDetail?.taskDetails?.[0];
  const metadata = fromStruct(root?.execution?.metadata as Parameters<typeof fromStruct>[0]);
  const found = Object.entries(metadata).filter(([key]) => key.startsWith("output:"));
  return Object.fromEntries(found.map(([key, value]) => [key.slice("output:".length), value]));
}

const those = <Ends extends Expectation["ends"]>(ends: Ends) =>
  names.flatMap((name) => {
    const expectation = expectations[name];
    return expectation?.ends === ends ? [[name, expectation as Extract<Expectation, { ends: Ends }>] as const] : [];
  });

const quick = those("well").filter(([, { minutes }]) => minutes === undefined);
/** `RETEMPER_MINUTES=5` waits for the one that only sleeps, too. */
const patience = Number(process.env["RETEMPER_MINUTES"] ?? 1);
const slow = those("well").filter(([, { minutes = 0 }]) => minutes > 0 && minutes <= patience);
const tooSlow = those("well").filter(([, { minutes = 0 }]) => minutes > patience);

test.skipIf(!there)("of every reference it is known what becomes of it", () => {
  expect(names.filter((name) => expectations[name] === undefined)).toEqual([]);
});

describe.skipIf(!there)("ends well", () => {
  test.for(quick)("%s", async ([name, { outputs, peer, ...given }]) => {
    const job = await run(name, given);
    expect(job.error).toBeNull();
    expect(job.state).toBe("PIPELINE_STATE_SUCCEEDED");
    expect(["SUCCEEDED", "SKIPPED", "NOT_TRIGGERED"]).toEqual(expect.arrayContaining(Object.values(statesOf(job))));
    if (outputs !== undefined) expect(outputsOf(job)).toMatchObject(outputs);
    if (peer !== "same" || !existsSync(python)) return;
    const theirs = await kfpLocal(name, given.parameters ?? {});
    expect(theirs.state).toBe("SUCCEEDED");
    const ours = outputsOf(job);
    for (const [key, value] of Object.entries(theirs.outputs ?? {})) if (key in ours) expect(ours[key]).toEqual(value);
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(parametersOf(theirs.outputs ?? {})));
  });
});

describe.skipIf(!there)("ends badly, as on Vertex", () => {
  test.for(those("badly"))("%s", async ([name, { errors, succeeded = [], ...given }]) => {
    const job = await run(name, given);
    expect(job.state).toBe("PIPELINE_STATE_FAILED");
    for (const [failed, message] of Object.entries(errors)) {
      expect(taskOf(job, failed).state).toBe("FAILED");
      expect(taskOf(job, failed).error?.message).toContain(message);
    }
    expect(statesOf(job)).toMatchObject(Object.fromEntries(succeeded.map((one) => [one, "SUCCEEDED"])));
  });
});

describe.skipIf(!there)("is refused, because Vertex has no such thing", () => {
  test.for(those("refused"))("%s", async ([name, { message }]) => {
    expect(await refusal(pipelines.submit(specOf(name)))).toMatchObject({
      code: 12,
      message: expect.stringContaining(message),
    });
  });
});

describe.skipIf(!there)("ends well, in the end", () => {
  test.for(slow)("%s", async ([name, { minutes = 0 }]) => {
    const job = await pipelines.ended(started.get(name) ?? "", 120 * minutes);
    expect(job.error).toBeNull();
    expect(job.state).toBe("PIPELINE_STATE_SUCCEEDED");
    // The same task for the second time comes from the cache.
    expect(["SUCCEEDED", "SKIPPED"]).toEqual(expect.arrayContaining(Object.values(statesOf(job))));
  });
});

describe("can't be run here", () => {
  for (const [name, { minutes }] of tooSlow) test.skip(`${name}: it takes ${minutes} minutes`, () => undefined);
  for (const [name, { reason }] of those("not run")) test.skip(`${name}: ${reason}`, () => undefined);
});

interface Theirs {
  readonly state: string;
  readonly outputs?: JsonObject;
  readonly error?: string;
}

async function kfpLocal(name: string, given: JsonObject): Promise<Theirs> {
  const script = join(import.meta.dirname, "kfp_local.py");
  const { stdout } = await promisify(execFile)(python, [script, fileOf(name), JSON.stringify(given), folder], {
    cwd: folder,
    maxBuffer: 64 * 2 ** 20,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as Theirs;
}

/** Names of the outputs that are parameters: the script tells artifacts by their type. */
function parametersOf(outputs: JsonObject): string[] {
  return Object.entries(outputs)
    .filter(([, value]) => !(typeof value === "object" && value !== null && "type" in value && "metadata" in value))
    .map(([key]) => key);
}
