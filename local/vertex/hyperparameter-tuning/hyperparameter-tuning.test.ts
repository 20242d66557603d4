import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JobServiceClient } from "@google-cloud/aiplatform/build/src/v1/job_service_client.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive, nodeImage, parent, refusal, type TestVertex, testVertex, until } from "../testing/harness.ts";
import { fromValue, type ValueMessage } from "../wire/json.ts";

let server: TestVertex;
let jobs: JobServiceClient;

beforeAll(async () => {
  server = await testVertex();
  jobs = new JobServiceClient(server.client);
});
afterAll(async () => {
  await jobs.close();
  await server.close();
});

/**
 * Reports as cloudml-hypertune does; its score is what its arguments say. `--mode=silent` reports nothing, `fail` exits
 * with 3, `wait` goes on until the file `go` is there, `hopeless` reports a bad score and never ends.
 */
const trainer = `
  const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('fs');
  const { dirname } = require('path');
  const { CLOUD_ML_HP_METRIC_FILE: file, CLOUD_ML_TRIAL_ID: trial, AIP_MODEL_DIR, RETEMPER_GCS_ROOT } = process.env;
  const options = Object.fromEntries(process.argv.slice(1).map((arg) => arg.slice(2).split('=')));
  const bucket = RETEMPER_GCS_ROOT + '/bucket/' + options.run;
  mkdirSync(bucket, { recursive: true });
  appendFileSync(bucket + '/started', JSON.stringify({ trial, pid: process.pid, args: process.argv.slice(1), AIP_MODEL_DIR }) + '\\n');
  const lines = [];
  const report = (tag, value, step) => {
    lines.push(JSON.stringify({ timestamp: Date.now() / 1000, trial, [tag]: String(value), global_step: String(step), checkpoint_path: '' }));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, lines.join('\\n') + '\\n');
  };
  const work = () => {
    if (options.mode === 'fail') { console.error('out of memory'); process.exit(3); }
    if (options.mode === 'silent') return;
    if (options.mode === 'hopeless') { report('score', -5, 1); return setInterval(() => {}, 60_000); }
    const score = Number(options.units ?? 0) + Number(options.rate ?? 0);
    report('score', score + 10, 1);
    report('loss', 1, 2);
    report('score', score, 2);
  };
  const wait = () => (existsSync(bucket + '/go') ? work() : setTimeout(wait, 20));
  if (options.mode === 'wait') wait(); else work();`;

const message = (run: string, studySpec: object, more: object = {}) => ({
  displayName: "tuning",
  studySpec: {
    metrics: [
      { metricId: "score", goal: "MAXIMIZE" as const },
      { metricId: "loss", goal: "MINIMIZE" as const },
    ],
    ...studySpec,
  },
  maxTrialCount: 4,
  parallelTrialCount: 2,
  trialJobSpec: {
    workerPoolSpecs: [
      {
        replicaCount: 1,
        machineSpec: { machineType: "n1-standard-4" },
        containerSpec: {
          imageUri: `${nodeImage.name}:1`,
          command: ["node", "-e", trainer, "--"],
          args: [`--run=${run}`],
        },
      },
    ],
    baseOutputDirectory: { outputUriPrefix: `gs://bucket/${run}` },
  },
  ...more,
});

const create = async (...given: Parameters<typeof message>) =>
  (await jobs.createHyperparameterTuningJob({ parent, hyperparameterTuningJob: message(...given) }))[0].name ?? "";
const get = async (name: string) => (await jobs.getHyperparameterTuningJob({ name }))[0];
const ended = (name: string) =>
  until(
    () => get(name),
    ({ endTime }) => endTime !== null,
    20,
  );
const run = async (...given: Parameters<typeof message>) => ended(await create(...given));

type Job = Awaited<ReturnType<typeof get>>;

const parametersOf = ({ trials }: Job) =>
  (trials ?? []).map(({ parameters }) =>
    Object.fromEntries(
      (parameters ?? []).map(({ parameterId, value }) => [parameterId, fromValue(value as unknown as ValueMessage)]),
    ),
  );
const modes = (...values: string[]) => ({ parameterId: "mode", categoricalValueSpec: { values } });
const units = { parameterId: "units", integerValueSpec: { minValue: 1, maxValue: 2 } };

interface Started {
  readonly trial: string;
  readonly pid: number;
  readonly args: string[];
  readonly AIP_MODEL_DIR: string;
}

function started(name: string): Started[] {
  const file = join(server.bucket("bucket"), name, "started");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Started).sort((a, b) => a.trial.localeCompare(b.trial));
}

test("a grid's trials are CustomJobs with the parameters as arguments, and end with what they reported", async () => {
  const parameters = [modes("a", "b"), units];
  const job = await run("grid", { algorithm: "GRID_SEARCH", parameters }, { maxTrialCount: 9 });
  expect(job).toMatchObject({ state: "JOB_STATE_SUCCEEDED", error: null });
  expect(parametersOf(job)).toEqual([
    { mode: "a", units: 1 },
    { mode: "a", units: 2 },
    { mode: "b", units: 1 },
    { mode: "b", units: 2 },
  ]);
  expect(job.trials?.map(({ id, state }) => [id, state])).toEqual(["1", "2", "3", "4"].map((id) => [id, "SUCCEEDED"]));
  expect(job.trials?.[1]?.finalMeasurement?.stepCount).toBe("2");
  const metrics = [...(job.trials?.[1]?.finalMeasurement?.metrics ?? [])];
  expect(metrics.sort((a, b) => String(a.metricId).localeCompare(String(b.metricId)))).toEqual([
    { metricId: "loss", value: 1 },
    { metricId: "score", value: 2 },
  ]);
  expect(started("grid").map(({ trial, args, AIP_MODEL_DIR }) => [trial, args.slice(1), AIP_MODEL_DIR])[2]).toEqual([
    "3",
    ["--mode=b", "--units=1"],
    expect.stringMatching(/bucket\/grid\/3\/model\/$/),
  ]);
  const [customJob] = await jobs.getCustomJob({ name: job.trials?.[0]?.customJob ?? "" });
  expect(customJob.state).toBe("JOB_STATE_SUCCEEDED");
});

test("the best measurement counts where the study says so", async () => {
  const job = await run(
    "best",
    { parameters: [units], measurementSelectionType: "BEST_MEASUREMENT" },
    { maxTrialCount: 1 },
  );
  expect(job.trials?.[0]?.finalMeasurement).toMatchObject({ stepCount: "1" });
});

test("the default algorithm finds the better end of a parameter", async () => {
  const rate = { parameterId: "rate", doubleValueSpec: { minValue: 0.001, maxValue: 1 }, scaleType: "UNIT_LOG_SCALE" };
  const job = await run("default", { parameters: [rate] }, { maxTrialCount: 12, parallelTrialCount: 1 });
  const rates = parametersOf(job).map(({ rate: value }) => Number(value));
  expect(rates[0]).toBeCloseTo(Math.sqrt(0.001));
  expect(Math.max(...rates)).toBeGreaterThan(0.99);
  expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.001);
});

test("a trial that fails, or reports nothing, is infeasible; the job succeeds with the others", async () => {
  const parameters = [modes("fail", "silent", "a")];
  const job = await run("partly", { algorithm: "GRID_SEARCH", parameters });
  expect(job.state).toBe("JOB_STATE_SUCCEEDED");
  expect(job.trials?.map(({ state }) => state)).toEqual(["INFEASIBLE", "INFEASIBLE", "SUCCEEDED"]);
  expect(job.trials?.[0]?.infeasibleReason).toContain("out of memory");
  expect(job.trials?.[1]?.infeasibleReason).toContain("without reporting");
});

test("a job ends with the failure that is one too many", async () => {
  const parameters = [modes("fail"), { ...units, integerValueSpec: { minValue: 1, maxValue: 4 } }];
  const more = { maxFailedTrialCount: 2, parallelTrialCount: 1 };
  const job = await run("failing", { algorithm: "GRID_SEARCH", parameters }, more);
  expect(job).toMatchObject({ state: "JOB_STATE_FAILED", error: { code: 13 } });
  expect(job.error?.message).toContain("out of memory");
  expect(started("failing")).toHaveLength(2);
});

test("a trial below the median of the completed ones is stopped, and what it reported counts", async () => {
  const studySpec = {
    ...{ parameters: [modes("a", "hopeless", "b")], algorithm: "GRID_SEARCH" },
    medianAutomatedStoppingSpec: {},
  };
  const job = await run("median", studySpec, { parallelTrialCount: 1 });
  expect(job.state).toBe("JOB_STATE_SUCCEEDED");
  expect(job.trials?.map(({ state }) => state)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
  expect(job.trials?.[1]?.finalMeasurement).toMatchObject({
    stepCount: "1",
    metrics: [{ metricId: "score", value: -5 }],
  });
  const [customJob] = await jobs.getCustomJob({ name: job.trials?.[1]?.customJob ?? "" });
  expect(customJob.state).toBe("JOB_STATE_CANCELLED");
  expect(isAlive(started("median")[1]?.pid ?? 0)).toBe(false);
});

test("a study ends by its own rules, and takes trials under way with it where it says so", async () => {
  const parameters = [modes("a", "b", "hopeless"), units];
  const grid = { parameters, algorithm: "GRID_SEARCH" };
  const most = await run("most", { ...grid, studyStoppingConfig: { maxNumTrials: { value: 2 } } });
  expect(most.trials).toHaveLength(2);
  // Four trials end; the fifth and sixth never would.
  const config = { shouldStopAsap: { value: true }, maxDurationNoProgress: { seconds: 1 }, minNumTrials: { value: 4 } };
  const single = { ...grid, metrics: [{ metricId: "score", goal: "MAXIMIZE" as const }], studyStoppingConfig: config };
  const asap = await run("asap", single, { maxTrialCount: 9 });
  expect(asap.state).toBe("JOB_STATE_SUCCEEDED");
  expect(asap.trials?.map(({ state }) => state)).toEqual(Array(asap.trials?.length).fill("SUCCEEDED"));
  expect(started("asap").map(({ pid }) => isAlive(pid))).toEqual(started("asap").map(() => false));
});

test("cancel ends the trials under way", async () => {
  const name = await create("cancelled", { parameters: [modes("wait")], algorithm: "RANDOM_SEARCH" });
  const running = await until(
    () => started("cancelled"),
    ({ length }) => length === 2,
  );
  expect((await refusal(jobs.deleteHyperparameterTuningJob({ name }))).code).toBe(9);
  await jobs.cancelHyperparameterTuningJob({ name });
  const job = await ended(name);
  expect(job).toMatchObject({ state: "JOB_STATE_CANCELLED", error: { code: 1 } });
  expect(job.trials?.map(({ state }) => state)).toEqual(["INFEASIBLE", "INFEASIBLE"]);
  expect(running.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
  const [operation] = await jobs.deleteHyperparameterTuningJob({ name });
  await operation.promise();
  expect((await refusal(get(name))).code).toBe(5);
});

test("the next server goes on with the same trials", async () => {
  const name = await create("resumed", { parameters: [modes("wait")], algorithm: "RANDOM_SEARCH" });
  await until(
    () => started("resumed"),
    ({ length }) => length === 2,
  );
  const before = (await get(name)).trials?.map(({ customJob }) => customJob);
  await jobs.close();
  server = await server.restart();
  jobs = new JobServiceClient(server.client);
  writeFileSync(join(server.bucket("bucket"), "resumed", "go"), "");
  const job = await ended(name);
  expect(job.state).toBe("JOB_STATE_SUCCEEDED");
  expect(job.trials?.map(({ state }) => state)).toEqual(Array(4).fill("SUCCEEDED"));
  expect(job.trials?.slice(0, 2).map(({ customJob }) => customJob)).toEqual(before);
});

test("conditional parameters are there only for their parent's values", async () => {
  const momentum = { parameterId: "units", discreteValueSpec: { values: [5, 7] } };
  const parameters = [
    {
      ...modes("a", "b"),
      conditionalParameterSpecs: [{ parentCategoricalValues: { values: ["a"] }, parameterSpec: momentum }],
    },
  ];
  const job = await run("conditional", { algorithm: "GRID_SEARCH", parameters });
  expect(parametersOf(job)).toEqual([{ mode: "a", units: 5 }, { mode: "a", units: 7 }, { mode: "b" }]);
});

test("what Vertex refuses is refused; jobs are listed by filter", async () => {
  const log = { parameterId: "x", doubleValueSpec: { minValue: 0, maxValue: 1 }, scaleType: "UNIT_LOG_SCALE" };
  const code = async (studySpec: object, more: object = {}) => (await refusal(create("refused", studySpec, more))).code;
  expect(await code({ parameters: [] })).toBe(3);
  expect(await code({ parameters: [log] })).toBe(3);
  expect(await code({ parameters: [units, units] })).toBe(3);
  expect(await code({ parameters: [{ ...log, scaleType: "UNIT_LINEAR_SCALE" }], algorithm: "GRID_SEARCH" })).toBe(3);
  expect(await code({ parameters: [units] }, { maxTrialCount: 0 })).toBe(3);
  expect(await code({ parameters: [units] }, { trialJobSpec: {} })).toBe(3);
  const name = await create("listed", { parameters: [units] }, { displayName: "listed", maxTrialCount: 1 });
  const [found] = await jobs.listHyperparameterTuningJobs({ parent, filter: 'display_name="listed"' });
  expect(found.map((one) => one.name)).toEqual([name]);
  await ended(name);
});
