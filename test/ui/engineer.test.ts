import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startFormUrl } from "../../workers/client/names.ts";
import { startBrowser } from "../support/browser.ts";
import { House } from "../support/house.ts";
import { Run } from "../support/run.ts";
import { topicRows } from "../support/topics.ts";
import { until } from "../support/vertex-view.ts";

/** An ML engineer with nothing but the Temporal UI, in a real browser: starts a run, reads it, approves it. */

let house: House;
let browser: Browser;
let page: Page;
let uiUrl: string;

beforeAll(async () => {
  [house, browser] = await Promise.all([House.start({ ui: true }), startBrowser()]);
  await house.startWorker();
  await house.writeRecipe("topics", { approval: { deadline: "1h" } });
  await house.hub.commitTopics({ train: topicRows({ rows: 400, seed: 2 }), test: topicRows({ rows: 300, seed: 1 }) });
  uiUrl = house.environment.temporal.uiUrl ?? "";
  page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
});
afterAll(async () => {
  await browser?.close();
  await house?.[Symbol.asyncDispose]();
});

it("starts a run from the form", async () => {
  await startFromForm("from-the-form", { recipe: "topics", force: true });
  const run = new Run(house.client, house.client.workflow.getHandle("from-the-form"));
  await run.reaches("approve");
});

it("sees which stage runs, why it waits, and what came of those before", async () => {
  await page.goto(`${uiUrl}/namespaces/default/workflows/from-the-form`);
  await page.getByText("waits for an engineer's approval").first().waitFor();
  await picture("timeline");

  await page.getByText("User Metadata").filter({ visible: true }).first().click();
  const details = page.locator("main");
  await details.getByText("waits for you").waitFor();
  for (const words of ["topics · approve", "no champion yet", "TPU v5e 2x4", "custom job", "accuracy", "reject"]) {
    expect(await details.innerText()).toContain(words);
  }
  expect(await details.getByRole("link", { name: "pipeline job" }).first().getAttribute("href")).toContain(
    "/pipelines/",
  );
  await picture("run");
});

it("approves there, and the model is promoted", async () => {
  await page.getByText("More Actions").filter({ visible: true }).first().click();
  await page.getByTestId("update-button").filter({ visible: true }).first().click();
  const dialog = page.getByTestId("update-confirmation-modal").filter({ visible: true }).first();
  await dialog.locator(".cm-content").fill('{"by": "Ada"}');
  await picture("approve");
  await dialog.getByTestId("confirm-modal-button").click();

  const run = new Run(house.client, house.client.workflow.getHandle("from-the-form"));
  const result = await run.result();
  expect(result.decision).toBe("promoted");
  expect(result.reasons.join(" ")).toContain("Ada");
  await page.goto(`${uiUrl}/namespaces/default/workflows/from-the-form`);
  await page.getByText("Completed").first().waitFor();
  await picture("promoted");
});

it("finds runs by what became of them", async () => {
  const query = encodeURIComponent('RetemperDecision = "promoted" AND RetemperRecipe = "topics"');
  await page.goto(`${uiUrl}/namespaces/default/workflows?query=${query}`);
  await page.getByText("from-the-form").first().waitFor();
});

it("reads every problem of a bad request at once", async () => {
  await startFromForm("misspelled", { recipe: "topics", forse: true, train: { epoch: 3 } });
  await new Run(house.client, house.client.workflow.getHandle("misspelled")).failure();
  await page.goto(`${uiUrl}/namespaces/default/workflows/misspelled`);
  await page.getByText("did you mean force?").first().waitFor();
  await page.getByText("did you mean epochs?").first().waitFor();
});

async function startFromForm(workflowId: string, request: unknown): Promise<void> {
  await page.goto(startFormUrl(uiUrl, "default", house.environment.temporal.taskQueue, "retrain"));
  await page.getByTestId("workflowId").fill(workflowId);
  await page.locator(".cm-content").first().fill(JSON.stringify(request));
  // Leaving the editor formats the JSON, which moves the button.
  await page.locator("#workflowType").click();
  await page.locator(".cm-line").nth(1).waitFor();
  await page.getByTestId("start-workflow-button").click();
  await until(() =>
    house.client.workflow
      .getHandle(workflowId)
      .describe()
      .then(
        () => true,
        () => false,
      ),
  );
}

/** With `RETEMPER_PICTURES=DIR`, keeps what the engineer sees. */
async function picture(name: string): Promise<void> {
  const folder = process.env["RETEMPER_PICTURES"];
  if (!folder) return;
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${folder}/${name}.png` });
}
