import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { helpers, v1 } from "@google-cloud/aiplatform";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nodeImage, parent, type TestVertex, testVertex, until } from "../../../local/vertex/testing/harness.ts";
import { Pipelines } from "../../../local/vertex/testing/pipelines.ts";
import { startBrowser } from "../../support/browser.ts";
import { measuring, modelling, talkative } from "./specs.ts";

/** What else there is to look at: schedules, tuning, batch prediction, evaluations, lineage, jobs side by side. */

let server: TestVertex;
let browser: Browser;
let page: Page;
let pipelines: Pipelines;
let jobs: v1.JobServiceClient;
let models: v1.ModelServiceClient;
let schedules: v1.ScheduleServiceClient;
const problems: string[] = [];
/** All that was looked at, for the check of what anybody can use. */
const seen: string[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([testVertex(), startBrowser()]);
  pipelines = new Pipelines(server);
  jobs = new v1.JobServiceClient(server.client);
  models = new v1.ModelServiceClient(server.client);
  schedules = new v1.ScheduleServiceClient(server.client);
  page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme: "light" });
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => problems.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([jobs, models, schedules, pipelines?.client].map((client) => client?.close()));
  await server?.close();
  expect(problems).toEqual([]);
});

async function look(path: string): Promise<void> {
  seen.push(path);
  await page.goto(`${server.vertex.pageUrl}${path}`);
}

const step = (name: string) => page.getByRole("button", { name: new RegExp(`^${name}:`) });

it("folds a pipeline inside to one card, which stands for all in it, and unfolds it", async () => {
  const name = await pipelines.submit(modelling(), { id: "modelling" });
  await pipelines.ended(name);
  await look(`/${name}`);
  await step("train").waitFor();
  await page.getByRole("button", { name: "Fold inner" }).click();
  await page.getByRole("button", { name: "Unfold inner" }).waitFor();
  await page.getByRole("button", { name: "inner: succeeded" }).waitFor();
  expect(await step("train").count()).toBe(0);
  expect(await page.locator("live-graph .card").count()).toBe(2);

  // It stays folded whatever is chosen, here and for who is given the address; what is chosen in it lights it up.
  await page.locator(".tasks").getByRole("link", { name: "train" }).click();
  await page.getByRole("heading", { name: "train" }).waitFor();
  expect(await page.locator("live-graph .chosen").getAttribute("data-step")).toBe("inner");
  expect(await step("train").count()).toBe(0);
  await page.reload();
  await page.getByRole("button", { name: "Unfold inner" }).focus();
  await page.keyboard.press("Enter");
  await step("train").waitFor();
  expect(await page.locator("live-graph .chosen").getAttribute("data-step")).toBe("inner/train");
  // Who came by the keyboard goes on from there.
  await until(
    () => page.evaluate("document.activeElement?.getAttribute('aria-label')"),
    (label) => label === "Fold inner",
  );
});

it("sets jobs side by side: what differs, what was gained, and the curves in one drawing", async () => {
  const names: string[] = [];
  for (const accuracy of [0.7, 0.8]) {
    const name = await pipelines.submit(measuring(), {
      id: `measuring-${accuracy * 10}`,
      parameters: { accuracy, kind: "same" },
    });
    await pipelines.ended(name);
    names.push(name);
  }
  await look("/pipelineJobs?filter=measuring");
  await page.getByRole("button", { name: "Compare" }).waitFor({ state: "hidden" });
  for (const name of names) await page.locator(`input[value="${name}"]`).check();
  await page.getByRole("button", { name: "Compare" }).click();
  const table = page.getByRole("table", { name: "Comparison" });
  // In the list the latest is the first.
  await table.getByRole("row", { name: "measure · accuracy 0.8 0.7 −0.1" }).waitFor();
  await table.getByRole("row", { name: "kind same same" }).waitFor();
  await page.getByRole("img", { name: /^ROC curves, areas under them: measuring-8 .*, measuring-7 / }).waitFor();
  seen.push(page.url().replace(server.vertex.pageUrl ?? "", ""));
  await page.getByRole("link", { name: "Only differences" }).click();
  await table.getByRole("row", { name: "kind same same" }).waitFor({ state: "detached" });
  await table.getByRole("row", { name: "accuracy 0.8 0.7", exact: true }).waitFor();

  // From a job itself: with the one before it.
  await page.goto(`${server.vertex.pageUrl}/${names[1]}`);
  await page.getByRole("link", { name: "Compare" }).click();
  await table.getByRole("row", { name: "measure · accuracy 0.7 0.8 +0.1" }).waitFor();
  await picture("compare");
});

it("shows an artifact's lineage, and leads along it", async () => {
  const name = `${parent}/pipelineJobs/modelling`;
  await look("/metadata/artifacts");
  await page.getByRole("link", { name: "Models" }).last().click();
  await page.getByRole("link", { name: "model", exact: true }).first().click();
  const graph = page.locator("live-graph.lineage");
  const texts = () => graph.locator("a text.title").allTextContents();
  await graph.locator("a").first().waitFor();
  // Of the pipeline around nothing: only who made what.
  expect((await texts()).sort()).toEqual(["data", "model", "prepare", "train"]);
  expect(await graph.locator("a[aria-current]").textContent()).toContain("model");
  await picture("lineage");
  await graph.getByRole("link", { name: /^train/ }).click();
  await page.getByRole("heading", { name: "train", level: 1 }).waitFor();
  await page.getByRole("link", { name: "inner.train" }).click();
  await page.locator(".panel h2", { hasText: "train" }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/${name}`);
  await look(`/${parent}/metadataStores/default/contexts/modelling`);
  await graph.locator("a").nth(3).waitFor();
  await look("/metadata/executions");
  await page.getByRole("row", { name: /Succeeded train/ }).waitFor();
});

it("shows rows of data as a table", async () => {
  await page.goto(
    `${server.vertex.pageUrl}/metadata/artifacts?filter=${encodeURIComponent('schema_title="system.Dataset"')}`,
  );
  await page.getByRole("link", { name: "data", exact: true }).first().click();
  await page.getByRole("link", { name: "rows.csv" }).click();
  const table = page.getByRole("table", { name: "data" });
  expect(
    await table
      .locator("tr")
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent))),
  ).toEqual([
    ["id", "text"],
    ["1", 'a, "quoted" word'],
    ["2", "two\nlines"],
  ]);
  seen.push(page.url().replace(server.vertex.pageUrl ?? "", ""));
});

it("shows when a schedule runs next and what it made, pauses and resumes it", async () => {
  const { structValue } = helpers.toValue(talkative(1)) as { structValue?: object };
  const pipelineJob = {
    displayName: "talkative",
    pipelineSpec: structValue ?? {},
    runtimeConfig: { gcsOutputDirectory: "gs://bucket/runs" },
  };
  const [schedule] = await schedules.createSchedule({
    parent,
    schedule: {
      displayName: "each new year",
      cron: "TZ=Europe/Berlin 0 0 1 1 *",
      maxConcurrentRunCount: 1,
      maxRunCount: 3,
      createPipelineJobRequest: { parent, pipelineJob },
    },
  });
  await look("/schedules");
  await page.getByRole("row", { name: /Active each new year .* 0 of 3/ }).waitFor();
  await page.getByRole("link", { name: "each new year" }).click();
  seen.push(`/${schedule.name}`);
  const year = new Date().getUTCFullYear();
  const runs = page.locator(".upcoming time");
  // Midnight in Berlin, in as many years as it has runs left.
  expect(await runs.evaluateAll((times) => times.map((time) => time.getAttribute("datetime")))).toEqual(
    [year, year + 1, year + 2].map((before) => `${before}-12-31T23:00:00.000Z`),
  );
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator("h1 + .state", { hasText: "Paused" }).waitFor();
  expect((await schedules.getSchedule({ name: schedule.name ?? "" }))[0].state).toBe("PAUSED");
  await page.getByText("Resumed now, it would run").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.locator("h1 + .state", { hasText: "Active" }).waitFor();
  await picture("schedule");

  const [often] = await schedules.createSchedule({
    parent,
    schedule: {
      displayName: "one that has run",
      cron: "* * * * *",
      startTime: { seconds: Math.floor(Date.now() / 1000) - 120 },
      maxConcurrentRunCount: 1,
      createPipelineJobRequest: { parent, pipelineJob: { ...pipelineJob, displayName: "of the schedule" } },
    },
  });
  await page.goto(`${server.vertex.pageUrl}/${often.name}`);
  await page.getByText("It has made none yet.").waitFor();
  await schedules.deleteSchedule({ name: often.name ?? "" });
  // What is there no more, says so.
  await page.getByRole("heading", { name: "NOT_FOUND" }).waitFor();
});

/** Its score is best at rate 0.01, and for `b`; 7 units are too many. */
const trainer = `
  const { mkdirSync, writeFileSync } = require('fs');
  const { dirname } = require('path');
  const options = Object.fromEntries(process.argv.slice(1).map((arg) => arg.slice(2).split('=')));
  if (options.units === '7') { console.error('out of memory'); process.exit(3); }
  const score = 1 - (Math.log10(Number(options.rate)) + 2) ** 2 / 10 - (options.kind === 'a' ? 0.1 : 0);
  const file = process.env.CLOUD_ML_HP_METRIC_FILE;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ timestamp: 1, trial: '1', score: String(score), global_step: '1' }) + '\\n');`;

it("shows a study: its best trial, every trial, and how parameters go together", async () => {
  const [created] = await jobs.createHyperparameterTuningJob({
    parent,
    hyperparameterTuningJob: {
      displayName: "search",
      studySpec: {
        algorithm: "GRID_SEARCH",
        metrics: [{ metricId: "score", goal: "MAXIMIZE" }],
        parameters: [
          { parameterId: "rate", discreteValueSpec: { values: [0.001, 0.01] } },
          { parameterId: "units", discreteValueSpec: { values: [3, 7] } },
          { parameterId: "kind", categoricalValueSpec: { values: ["a", "b"] } },
        ],
      },
      maxTrialCount: 8,
      parallelTrialCount: 8,
      maxFailedTrialCount: 8,
      trialJobSpec: {
        workerPoolSpecs: [
          {
            replicaCount: 1,
            machineSpec: { machineType: "n1-standard-4" },
            containerSpec: { imageUri: `${nodeImage.name}:1`, command: ["node", "-e", trainer, "--"] },
          },
        ],
        baseOutputDirectory: { outputUriPrefix: "gs://bucket/tuning" },
      },
    },
  });
  const name = created.name ?? "";
  await until(
    async () => (await jobs.getHyperparameterTuningJob({ name }))[0],
    ({ endTime }) => endTime !== null,
    60,
  );
  await look("/hyperparameterTuningJobs");
  await page.getByRole("row", { name: /search \d+ 8 of 8 1 score/ }).waitFor();
  await page.getByRole("link", { name: "search" }).click();
  seen.push(`/${name}`);
  const best = page.getByRole("region", { name: "Best trial" });
  expect(await best.locator("dd").allInnerTexts()).toEqual(["0.01", "3", "b"]);
  await page.getByRole("img", { name: "score of 4 trials", exact: true }).waitFor();
  expect(await page.locator(".parallel .trial").count()).toBe(4);
  await page.getByRole("img", { name: "score by rate" }).waitFor();
  const rows = page.getByRole("table", { name: "Trials" }).locator("tbody tr");
  expect(await rows.filter({ hasText: "Infeasible" }).count()).toBe(4);
  await page.getByRole("link", { name: "Best first" }).click();
  await rows.first().getByText("best").waitFor();
  const scores = await rows.locator("td:nth-child(3)").allInnerTexts();
  expect(scores).toEqual(["1", "0.9", "0.9", "0.8", "–", "–", "–", "–"]);
  await picture("tuning");
  await rows.first().getByRole("link").click();
  await page.getByText("Custom jobs /").waitFor();
});

const modelServer = `
  const { AIP_HTTP_PORT, AIP_HEALTH_ROUTE } = process.env;
  require('http').createServer((request, response) => {
    if (request.url === AIP_HEALTH_ROUTE) return response.end('ok');
    let text = '';
    request.on('data', (part) => { text += part; }).on('end', () => {
      const { instances } = JSON.parse(text);
      if (instances.some(({ text }) => text === 'bad')) return response.writeHead(400).end('bad instance');
      response.end(JSON.stringify({ predictions: instances.map(({ text }) => text.length) }));
    });
  }).listen(Number(AIP_HTTP_PORT), '127.0.0.1');`;

it("shows how far a batch prediction is, what failed, and what it wrote; a model's evaluations by slices", async () => {
  const [operation] = await models.uploadModel({
    parent,
    modelId: "lengths",
    model: {
      displayName: "Lengths",
      containerSpec: {
        imageUri: `${nodeImage.name}:1`,
        command: ["node", "-e", modelServer],
        predictRoute: "/predict",
        healthRoute: "/health",
      },
    },
  });
  const [{ model = "" }] = (await operation.promise()) as unknown as [{ model?: string }];
  const folder = join(server.bucket("bucket"), "batch");
  mkdirSync(folder, { recursive: true });
  const lines = ["one", "three", "bad"].map((text) => `${JSON.stringify({ text })}\n`);
  writeFileSync(join(folder, "in.jsonl"), lines.join(""));
  const [created] = await jobs.createBatchPredictionJob({
    parent,
    batchPredictionJob: {
      displayName: "words",
      model,
      inputConfig: { instancesFormat: "jsonl", gcsSource: { uris: ["gs://bucket/batch/in.jsonl"] } },
      outputConfig: { predictionsFormat: "jsonl", gcsDestination: { outputUriPrefix: "gs://bucket/out" } },
      dedicatedResources: { machineSpec: { machineType: "n1-standard-2" }, startingReplicaCount: 1 },
      manualBatchTuningParameters: { batchSize: 1 },
    },
  });
  await look(`/${created.name}`);
  await page.locator("h1 + .state", { hasText: "Succeeded" }).waitFor();
  expect(await page.locator(".counts li").allInnerTexts()).toEqual(["2 predicted", "1 failed", "0 to do"]);
  await page.getByText("bad instance").waitFor();
  await picture("batch");
  await page.getByRole("link", { name: "prediction.results-00000-of-00001" }).click();
  await page.getByRole("row", { name: '{"text":"three"} 5' }).waitFor();
  expect(
    await (await page.request.get(await page.evaluate("document.querySelector('a[download]').href"))).text(),
  ).toContain('"prediction":5');
  await look("/batchPredictionJobs");
  await page.getByRole("img", { name: "2 predicted, 1 failed, 0 to do" }).waitFor();

  const metricsSchemaUri = "gs://google-cloud-aiplatform/schema/modelevaluation/classification_metrics_1.0.0.yaml";
  const metrics = (auPrc: number) =>
    helpers.toValue({
      auPrc,
      confusionMatrix: {
        annotationSpecs: [{ displayName: "short" }, { displayName: "long" }],
        rows: [
          [9, 1],
          [2, 8],
        ],
      },
    }) as object;
  const [evaluation] = await models.importModelEvaluation({
    parent: model,
    modelEvaluation: { displayName: "November", metricsSchemaUri, metrics: metrics(0.8) },
  });
  await models.batchImportModelEvaluationSlices({
    parent: evaluation.name ?? "",
    modelEvaluationSlices: [
      { slice: { dimension: "language", value: "de" }, metricsSchemaUri, metrics: metrics(0.75) },
    ],
  });
  await look(`/${model}`);
  await page.getByRole("row", { name: /^1 November 0.8/ }).waitFor();
  await page.getByRole("link", { name: "November" }).click();
  seen.push(`/${evaluation.name}`);
  await page.getByRole("row", { name: "language = de 0.75 −0.05" }).waitFor();
  await page.getByRole("table", { name: "Confusion matrix" }).first().waitFor();
  await page.getByText("Matrix and curve of language = de").click();
  await page.getByRole("table", { name: "Confusion matrix" }).nth(1).waitFor();
});

it.each(["light", "dark"] as const)(
  "has names, order and contrast (axe), %s, and fits a telephone",
  async (colorScheme) => {
    const rules = { "label-content-name-mismatch": { enabled: false } };
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const path of new Set(seen)) {
      await page.goto(`${server.vertex.pageUrl}${path}`);
      if ((await page.locator("live-graph").count()) > 0) await page.locator("live-graph svg").first().waitFor();
      await page.evaluate(axe);
      const violations = await page.evaluate(async (rules) => {
        const { axe: checker } = globalThis as unknown as {
          axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const result = await checker.run({ iframes: false, rules });
        return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`);
      }, rules);
      expect(violations, path).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), path).toBeLessThanOrEqual(0);
      await page.setViewportSize({ width: 1400, height: 900 });
    }
  },
);

/** With `RETEMPER_PICTURES=DIR`, keeps what is seen. */
async function picture(name: string): Promise<void> {
  const folder = process.env["RETEMPER_PICTURES"];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}
