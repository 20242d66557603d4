import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startFormUrl } from "../../workers/client/names.ts";
import { startBrowser } from "../support/browser.ts";
import { House } from "../support/house.ts";
import { Run } from "../support/run.ts";
import { topicRows } from "../support/topics.ts";

/** An ML engineer with nothing but the Temporal UI, in a real browser: starts a run, reads it, approves it. */

let house: House;
let browser: Browser;
let page: Page;
let workflows: string;

beforeAll(async () => {
  [house, browser] = await Promise.all([House.start({ ui: true }), startBrowser()]);
  await house.startWorker();
  await house.writeRecipe("topics", { approval: { deadline: "1h" } });
  await house.hub.commitTopics({ train: topicRows({ rows: 400, seed: 2 }), test: topicRows({ rows: 300, seed: 1 }) });
  workflows = `${house.environment.temporal.uiUrl}/namespaces/default/workflows`;
  page = await browser.newPage({ viewport: { width: 1400, height: 940 } });
  page.setDefaultTimeout(20_000);
});
afterAll(async () => {
  await browser?.close();
  await house?.[Symbol.asyncDispose]();
});

it("starts a run from the form", async () => {
  await startFromForm("from-the-form", { recipe: "topics", force: true });
  await run("from-the-form").reaches("approve");
});

it("sees which stage runs, why it waits, and what came of those before", async () => {
  await page.goto(`${workflows}/from-the-form`);
  await page.getByText("waits for an engineer's approval").first().waitFor();
  await picture("timeline");

  await page.getByRole("tab", { name: "User Metadata" }).click();
  const details = page.frameLocator("iframe[title=output]").locator("main");
  await details.getByText("waits for you").waitFor();
  const { metrics } = await run("from-the-form").progress();
  const text = await details.textContent();
  for (const words of [
    "topics · approve",
    "no champion yet",
    "350 + 50 + 300 rows",
    "TPU v5e 2x4",
    "1 custom job",
    `accuracy ${metrics?.candidate.accuracy?.toFixed(3)} ·`,
    'reject with {"by": "your name", "reason": "why"}',
    "○ promote",
  ]) {
    expect(text).toContain(words);
  }
  const job = details.getByRole("link", { name: "pipeline job" }).last();
  expect(await job.getAttribute("href")).toContain("/pipelines/");
  const report = details.getByRole("link", { name: "report of the data" }).last();
  const data = await fetch((await report.getAttribute("href")) ?? "");
  expect(data.headers.get("content-type")).toContain("text/html");
  expect(await data.text()).toContain('id="samples"');
  await picture("run");

  await page.getByRole("tab", { name: "Search Attributes" }).click();
  await page.locator(".cm-line", { hasText: /"RetemperStage": "approve"/ }).waitFor();
});

it("is told what a vote lacks", async () => {
  const dialog = await openVote("Ends the run without promotion");
  await dialog.locator(".cm-content").fill('{"by": "Ada"}');
  await dialog.getByRole("button", { name: "Submit" }).click();
  await dialog.getByRole("alert").getByText("Say why").first().waitFor();
});

it("approves there, and the model is promoted", async () => {
  const dialog = await openVote("Lets the candidate be promoted");
  await dialog.locator(".cm-content").fill('{"by": "Ada"}');
  await picture("approve");
  await dialog.getByRole("button", { name: "Submit" }).click();
  await dialog.waitFor({ state: "hidden" });

  const result = await run("from-the-form").result();
  expect(result.decision).toBe("promoted");
  expect(result.reasons.join(" ")).toContain("Ada");
  await page.goto(`${workflows}/from-the-form`);
  await page.getByText("Completed", { exact: true }).first().waitFor();
  await picture("promoted");
});

it("finds runs by what became of them", async () => {
  await page.goto(
    `${workflows}?query=${encodeURIComponent('RetemperDecision="promoted" AND RetemperRecipe="topics"')}`,
  );
  await page.getByRole("link", { name: "from-the-form" }).first().waitFor();
});

it("reads every problem of a bad request at once", async () => {
  await startFromForm("misspelled", { recipe: "topics", forse: true, train: { epoch: 3 } });
  await page.getByText("did you mean force?").first().waitFor();
  await page.getByText("did you mean epochs?").first().waitFor();
});

function run(workflowId: string): Run {
  return new Run(house.client, house.client.workflow.getHandle(workflowId));
}

/** The dialog of the update that says this of itself. */
async function openVote(description: string): Promise<Locator> {
  await page.goto(`${workflows}/from-the-form`);
  await page.getByRole("button", { name: "More Actions" }).click();
  await page.getByRole("menuitem", { name: "Send an Update" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByTestId("update-select-button").click();
  await dialog.getByRole("option", { name: description }).click();
  return dialog;
}

/** Starts a run, and goes to where the UI shows it. */
async function startFromForm(workflowId: string, request: unknown): Promise<void> {
  const { uiUrl, taskQueue } = house.environment.temporal;
  await page.goto(startFormUrl(uiUrl ?? "", "default", taskQueue, "retrain"));
  await page.getByTestId("workflowId").fill(workflowId);
  await page.locator(".cm-content").first().fill(JSON.stringify(request));
  // Leaving the editor formats the JSON, which moves the button.
  await page.locator("#workflowType").click();
  await page.locator(".cm-line").nth(1).waitFor();
  await page.getByRole("button", { name: "Start Workflow" }).click();
  await page.getByRole("link", { name: "Workflow started successfully" }).click();
}

/** With `RETEMPER_PICTURES=DIR`, keeps what the engineer sees. */
async function picture(name: string): Promise<void> {
  const folder = process.env["RETEMPER_PICTURES"];
  if (!folder) return;
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${folder}/${name}.png` });
}
