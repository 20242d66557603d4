import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import aiplatform from "@google-cloud/aiplatform";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nodeImage, parent, type TestVertex, testVertex, until } from "../../../local/vertex/testing/harness.ts";
import { toValue } from "../../../local/vertex/wire/json.ts";
import { startBrowser } from "../../support/browser.ts";

/** Models, endpoints and custom jobs on local Vertex's page, in a real browser, while real processes serve. */

const { EndpointServiceClient, JobServiceClient, ModelServiceClient, PredictionServiceClient } = aiplatform.v1;

let server: TestVertex;
let browser: Browser;
let page: Page;
let models: InstanceType<typeof ModelServiceClient>;
let endpoints: InstanceType<typeof EndpointServiceClient>;
let prediction: InstanceType<typeof PredictionServiceClient>;
let jobs: InstanceType<typeof JobServiceClient>;

beforeAll(async () => {
  [server, browser] = await Promise.all([testVertex(), startBrowser()]);
  models = new ModelServiceClient(server.client);
  endpoints = new EndpointServiceClient(server.client);
  prediction = new PredictionServiceClient(server.client);
  jobs = new JobServiceClient(server.client);
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(20_000);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([models, endpoints, prediction, jobs].map((client) => client?.close()));
  await server?.close();
});

const address = (path: string) => `${server.vertex.pageUrl}${path}`;

/** Answers each instance with itself, and none that is `bad`. */
const echoServer = `
  const { AIP_HTTP_PORT, AIP_HEALTH_ROUTE } = process.env;
  require('http').createServer((request, response) => {
    if (request.url === AIP_HEALTH_ROUTE) return response.end('ok');
    let text = '';
    request.on('data', (part) => { text += part; }).on('end', () => {
      const { instances } = JSON.parse(text);
      if (instances[0] === 'bad') return response.writeHead(400).end('bad instance');
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ predictions: instances }));
    });
  }).listen(Number(AIP_HTTP_PORT), '127.0.0.1');`;

async function upload(parentModel?: string): Promise<string> {
  const [operation] = await models.uploadModel({
    parent,
    ...(parentModel === undefined ? { modelId: "topics" } : { parentModel }),
    model: {
      displayName: "Topics of news",
      versionAliases: parentModel === undefined ? ["champion"] : ["challenger"],
      containerSpec: {
        imageUri: `${nodeImage.name}:1`,
        command: ["node", "-e", echoServer],
        predictRoute: "/predict",
        healthRoute: "/health",
      },
    },
  });
  const [response] = await operation.promise();
  return response.model ?? "";
}

it("shows versions with their aliases, the split of an endpoint's traffic, and what is asked, as it is asked", async () => {
  const model = await upload();
  await upload(model);
  const [creating] = await endpoints.createEndpoint({ parent, endpointId: "news", endpoint: { displayName: "News" } });
  const [{ name = "" }] = (await creating.promise()) as unknown as [{ name: string }];
  const ids: string[] = [];
  for (const [version, split] of [
    ["1", { "0": 100 }],
    ["2", {}],
  ] as const) {
    const [deploying] = await endpoints.deployModel({
      endpoint: name,
      deployedModel: {
        model: `${model}@${version}`,
        dedicatedResources: { machineSpec: { machineType: "c3-standard-4" } },
      },
      trafficSplit: split,
    });
    ids.push((await deploying.promise())[0].deployedModel?.id ?? "");
  }
  const [first = "", second = ""] = ids;

  await page.goto(address("/models"));
  await page.getByRole("link", { name: "Topics of news" }).click();
  const versions = page.getByRole("table", { name: "Versions" }).locator("tbody tr");
  expect(await versions.allTextContents()).toEqual([
    expect.stringMatching(/^2.*challenger.*news/),
    expect.stringMatching(/^1.*default.*champion.*news/),
  ]);

  await page.getByRole("link", { name: "news" }).first().click();
  await page.getByRole("img", { name: "Traffic: Topics of news 100 %" }).waitFor();
  await page.getByText("Nothing was asked since the server started.").waitFor();
  await endpoints.updateEndpoint({
    endpoint: { name, trafficSplit: { [first]: 80, [second]: 20 } },
    updateMask: { paths: ["traffic_split"] },
  });
  await page.getByRole("img", { name: "Traffic: Topics of news 80 %, Topics of news 20 %" }).waitFor();
  const widths = await page
    .locator("svg.split rect")
    .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute("width"))));
  expect(widths.map(Math.round)).toEqual([80, 20]);

  const ask = (instance: string) => prediction.predict({ endpoint: name, instances: [toValue(instance)] as never });
  for (let index = 0; index < 20; index++) await ask("hello");
  await expect(ask("bad")).rejects.toThrow();
  const requests = page.getByRole("table", { name: "Recent requests" }).locator("tbody tr");
  await until(
    () => requests.count(),
    (count) => count === 21,
  );
  expect(await requests.first().textContent()).toMatch(/topics@[12]\s*400/);
  const deployed = page.getByRole("table", { name: "Deployed models" }).locator("tbody tr");
  const counts = await deployed.evaluateAll((rows) => rows.map((row) => Number(row.cells[3].textContent)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(21);
  await deployed.first().getByText("1 of 1 healthy").waitFor();
  await picture("endpoint");

  // One that breaks down is seen to, and so is its coming back.
  server.vertex.admin.setReplicaHealth({ endpoint: name, deployedModelId: first, index: 0 }, false);
  await deployed.first().getByText("0 of 1 healthy").waitFor();
  server.vertex.admin.setReplicaHealth({ endpoint: name, deployedModelId: first, index: 0 }, true);
  await deployed.first().getByText("1 of 1 healthy").waitFor();
});

it("shows a custom job's machines and logs, each replica's by itself, and cancels it", async () => {
  const folder = join(server.bucket("bucket"), "custom");
  mkdirSync(folder, { recursive: true });
  const program = `
    const fs = require('fs');
    const { task } = JSON.parse(process.env.CLUSTER_SPEC);
    console.log('I am ' + task.type + '-' + task.index);
    setInterval(() => fs.existsSync(process.argv[1]) && console.log(fs.readFileSync(process.argv[1], 'utf8')), 50);`;
  const pool = {
    machineSpec: { machineType: "ct5lp-hightpu-4t", tpuTopology: "2x2" },
    replicaCount: 1,
    containerSpec: {
      imageUri: `${nodeImage.name}:1`,
      command: ["node", "-e", program],
      args: ["/gcs/bucket/custom/say"],
    },
  };
  const [job] = await jobs.createCustomJob({
    parent,
    customJob: { displayName: "fine-tune", labels: { team: "news" }, jobSpec: { workerPoolSpecs: [pool, pool] } },
  });
  await page.goto(address("/customJobs"));
  await page.getByRole("row", { name: /Running fine-tune .* ct5lp-hightpu-4t 2x2.* team: news/ }).waitFor();
  await page.getByRole("link", { name: "fine-tune" }).click();
  const log = page.getByRole("log");
  const says = (text: string) =>
    until(
      () => log.textContent(),
      (shown) => shown?.includes(text) ?? false,
    );
  await says("I am workerpool0-0");
  await page.getByRole("link", { name: "workerpool1-0" }).click();
  await says("I am workerpool1-0");
  appendFileSync(join(folder, "say"), "half way");
  await says("half way");
  await picture("custom-job");

  await page.getByRole("button", { name: "Cancel job" }).click();
  await page.getByRole("button", { name: "Cancel the job" }).click();
  await page.locator("h1 + .state", { hasText: "Cancelled" }).waitFor();
  const [{ state }] = await jobs.getCustomJob({ name: job.name ?? "" });
  expect(state).toBe("JOB_STATE_CANCELLED");
});

/** With `RETEMPER_PICTURES=DIR`, keeps what is seen. */
async function picture(name: string): Promise<void> {
  const folder = process.env["RETEMPER_PICTURES"];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}
