import { appendFileSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parent, type TestVertex, testVertex, until } from "../../../local/vertex/testing/harness.ts";
import { Pipelines } from "../../../local/vertex/testing/pipelines.ts";
import { startBrowser } from "../../support/browser.ts";
import { actors, evaluation, talkative } from "./specs.ts";

/** Local Vertex's page, in a real browser, while real pipelines run. */

let server: TestVertex;
let pipelines: Pipelines;
let browser: Browser;
let page: Page;
let problems: string[];
let jobs = 0;

beforeAll(async () => {
  [server, browser] = await Promise.all([testVertex(), startBrowser()]);
  pipelines = new Pipelines(server);
});
afterAll(async () => {
  await browser?.close();
  await pipelines?.client.close();
  await server?.close();
});

beforeEach(async () => {
  problems = [];
  page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme: "light" });
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(address())) problems.push(`asked ${request.url()}`);
  });
});
afterEach(async () => {
  await page.close();
  expect(problems).toEqual([]);
});

function address(path = ""): string {
  return `${server.vertex.pageUrl}${path}`;
}

/** A job of {@link actors}, and what tells its tasks what to do. */
async function play(submission: Parameters<Pipelines["submit"]>[1] = {}) {
  const id = `play-${++jobs}`;
  const scripts = join(server.bucket("bucket"), "scripts");
  mkdirSync(scripts, { recursive: true });
  const name = await pipelines.submit(actors(id, ["x", "y", "z"]), { id, ...submission });
  return {
    name,
    path: `/${name}`,
    say: (task: string, ...lines: string[]) => appendFileSync(join(scripts, `${id}-${task}`), `${lines.join("\n")}\n`),
  };
}

const step = (name: string) => page.getByRole("button", { name: new RegExp(`^${name}:`) });
const isRunning = (name: string) => page.getByRole("button", { name: `${name}: running` }).waitFor();

describe("a job that runs", () => {
  it("shows every step's state as it changes, without loading again", async () => {
    const { path, say } = await play();
    await page.goto(address(path));
    await isRunning("first");
    await page.getByRole("button", { name: "last: not begun" }).waitFor();
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));

    say("first", "end");
    await page.getByRole("button", { name: "first: succeeded" }).waitFor();
    await page.getByRole("button", { name: "each: running" }).waitFor();
    say("x", "end");
    await page.getByRole("button", { name: "for-loop-1: running, 1/3" }).waitFor();
    say("y", "end");
    say("z", "end");
    await page.getByRole("button", { name: "each: succeeded, 3/3" }).waitFor();
    await isRunning("last");
    say("last", "fail");
    await page.getByRole("button", { name: "last: failed" }).waitFor();
    await page.locator("h1 + .state", { hasText: "Failed" }).waitFor();
    // The cause is one click from the picture, and one look from the list.
    expect(await page.locator("a.failure").textContent()).toContain("last");
    await page.locator("a.failure").click();
    await page.locator(".panel .failure", { hasText: "the disk is full" }).waitFor();
    expect(await page.evaluate(() => "sameDocument" in globalThis)).toBe(true);
  });

  it("tells of each iteration of a loop", async () => {
    const { path, say } = await play();
    say("first", "end");
    say("x", "end");
    await page.goto(address(path));
    await page.getByRole("button", { name: "for-loop-1: running, 1/3" }).waitFor();
    await step("for-loop-1").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Iterations" }).waitFor();
    await page.locator(".panel .tasks > li").nth(1).waitFor();
    expect(await page.locator(".panel #block-iterations > .tasks > li > .row a").allInnerTexts()).toEqual(
      ["x", "y"].map((item, index) => `#${index} play-${jobs}-${item}`),
    );
    await page.goto(address(`${path}?step=for-loop-1/each`));
    expect(await page.locator(".panel tbody tr").count()).toBe(2);
  });

  it("shows its log as it is written, and whatever is written stays text", async () => {
    const hostile = `</pre><script>globalThis.hacked = 1</script><img src=x onerror="globalThis.hacked = 2">`;
    const { path, say } = await play({ labels: { team: "x" }, parameters: { note: hostile } });
    await page.goto(address(path));
    await step("first").click();
    const log = page.getByRole("log");
    say("first", "one", hostile);
    await expectText(log, `one\n${hostile}\n`);
    say("first", ...Array.from({ length: 200 }, (_, index) => `more ${index}`));
    await expectText(log, "more 199\n");
    // Who follows is at the end; who reads further up is left there.
    expect(await log.evaluate((pre) => pre.scrollHeight - pre.scrollTop - pre.clientHeight)).toBeLessThan(2);
    await log.evaluate((pre) => pre.scrollTo(0, 0));
    await page.getByRole("checkbox", { name: "Follow" }).and(page.locator(":not(:checked)")).waitFor();
    say("first", "the very last");
    await expectText(log, "the very last\n");
    expect(await log.evaluate((pre) => pre.scrollTop)).toBe(0);

    say("first", "end");
    await page.getByRole("checkbox", { name: "Follow" }).waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "← All tasks" }).click();
    await page.getByText(hostile).waitFor();
    expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
  });

  it("is cancelled by a button that asks once more", async () => {
    const { path, name } = await play();
    await page.goto(address(path));
    await isRunning("first");
    await page.getByRole("button", { name: "Cancel job" }).click();
    await page.getByRole("button", { name: "Let it run" }).click();
    await page.getByRole("button", { name: "Cancel the job" }).waitFor({ state: "hidden" });
    expect((await pipelines.get(name)).state).toBe("PIPELINE_STATE_RUNNING");

    await page.getByRole("button", { name: "Cancel job" }).click();
    await page.getByRole("button", { name: "Cancel the job" }).click();
    await page.locator("h1 + .state", { hasText: "Cancelled" }).waitFor();
    expect(await page.getByRole("button", { name: "Cancel job" }).count()).toBe(0);
    expect((await pipelines.get(name)).state).toBe("PIPELINE_STATE_CANCELLED");
  });

  it("goes on being shown when the server comes back", async () => {
    const { path, say } = await play();
    await page.goto(address(path));
    await isRunning("first");
    await server.vertex.close();
    await page.getByRole("status").waitFor();
    server = await testVertex({}, undefined, server.folder, Number(new URL(address()).port));
    await pipelines.client.close();
    pipelines = new Pipelines(server);
    await page.getByRole("status").waitFor({ state: "hidden" });
    say("first", "end");
    await page.getByRole("button", { name: "first: succeeded" }).waitFor();
  });
});

describe("artifacts", () => {
  it("are shown as what they are: matrix, curve, table, report", async () => {
    const name = await pipelines.submit(
      evaluation({ html: "<h1>All is well</h1>", markdown: "# Sum\n\n| a |\n|-|\n| **7** |" }),
    );
    await pipelines.ended(name);
    await page.goto(address(`/${name}?step=evaluate`));
    const matrix = page.getByRole("table", { name: "Confusion matrix" });
    expect(await matrix.getByRole("row").allInnerTexts()).toEqual([
      expect.stringMatching(/cat\s+dog/),
      expect.stringMatching(/cat\s+18\s+90 %\s+2\s+10 %/),
      expect.stringMatching(/dog\s+3\s+15 %\s+17\s+85 %/),
    ]);
    // The larger its part of the true class, the stronger the colour.
    const heat = await matrix
      .locator("td.heat rect")
      .evaluateAll((rects) => rects.map((rect) => Number(rect.getAttribute("fill-opacity"))));
    const [cat = 0, catAsDog = 0, dogAsCat = 0, dog = 0] = heat;
    expect([catAsDog, dogAsCat, dog, cat]).toEqual([...heat].sort());
    expect(dog).toBeGreaterThan(3 * dogAsCat);
    await page.getByRole("img", { name: "ROC curve, area under it 0.900" }).waitFor();
    await page.getByRole("row", { name: "accuracy 0.875" }).waitFor();
    await page.locator(".markdown td strong", { hasText: "7" }).waitFor();
    await page.frameLocator("iframe").getByRole("heading", { name: "All is well" }).waitFor();

    await page.getByRole("link", { name: "predictions" }).click();
    await page.locator("pre", { hasText: '"cat": [' }).waitFor();
    const content = `${new URL(page.url()).pathname}/content`;
    const response = await fetch(address(content));
    expect(await response.json()).toEqual({ cat: [1, 2] });
    expect(response.headers.get("content-security-policy")).toMatch(/^sandbox;/);
    for (const outside of ["../metrics", "/../../../../../../../../../etc/hostname", "..%2f..%2f"]) {
      expect((await fetch(address(`${content}?path=${outside}`))).status).toBe(404);
    }
    await page.goto(address(`/${name}`));
    await page.getByRole("row", { name: "evaluate accuracy 0.875" }).waitFor();
  });

  it("cannot reach the page, nor change anything, by what a report runs", async () => {
    const { name: victim } = await play();
    const attack = `
      try { parent.document.title = 'hacked' } catch {}
      try { top.hacked = 1 } catch {}
      const form = document.createElement('form');
      form.method = 'post'; form.action = '/${victim}:cancel';
      document.body.append(form);
      fetch(form.action, { method: 'POST', mode: 'no-cors' }).catch(() => undefined).finally(() => {
        try { form.submit() } catch {}
        document.body.append(Object.assign(document.createElement('p'), { textContent: 'did what it could' }));
      });`;
    const markdown = `<script>globalThis.hacked = 1</script> [click](javascript:globalThis.hacked=1) <img src=x onerror="globalThis.hacked=1">`;
    const name = await pipelines.submit(evaluation({ html: `<body><script>${attack}</script>`, markdown }));
    await pipelines.ended(name);
    await page.goto(address(`/${name}?step=evaluate`));
    await page.frameLocator("iframe").getByText("did what it could").waitFor();
    await page.locator(".markdown", { hasText: "<script>" }).waitFor();
    expect(await page.locator(".markdown :is(script, img, a[href^=javascript])").count()).toBe(0);
    expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
    expect((await pipelines.get(victim)).state).toBe("PIPELINE_STATE_RUNNING");
    await pipelines.client.cancelPipelineJob({ name: victim });
  });
});

it("keeps to a part of a log, however long it is", async () => {
  const name = await pipelines.submit(talkative(300_000));
  await pipelines.ended(name, 60);
  await page.goto(address(`/${name}?step=talk`));
  const log = page.getByRole("log");
  await expectText(log, "line 299999 ");
  const length = () => log.evaluate((pre) => pre.textContent?.length ?? 0);
  expect(await length()).toBeLessThanOrEqual(64 * 1024);
  await page.getByRole("button", { name: "Earlier" }).click();
  await expectText(log, `line ${300_000 - 1000} `);
  expect(await length()).toBeLessThanOrEqual(128 * 1024);
  // Line by line without a gap.
  const lines = await log.evaluate((pre) =>
    pre.textContent
      ?.split("\n")
      .slice(0, -1)
      .map((line: string) => Number(line.split(" ")[1])),
  );
  expect(lines).toEqual(
    Array.from({ length: lines?.length ?? 0 }, (_, index) => 300_000 - (lines?.length ?? 0) + index),
  );
});

describe("the list", () => {
  it("filters as the API does, and says what is wrong with a filter", async () => {
    for (const team of ["red", "blue"]) {
      await pipelines.ended(await pipelines.submit(talkative(1), { id: `of-${team}`, labels: { team } }));
    }
    await page.goto(address());
    await page.getByRole("searchbox").fill('labels.team="red"');
    await page.keyboard.press("Enter");
    await page.getByText("of-red").waitFor();
    expect(await page.getByText("of-blue").count()).toBe(0);
    await page.getByRole("searchbox").fill("team=");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await page.getByRole("link", { name: "All" }).click();
    await page.getByText("of-blue").waitFor();

    // A job that comes while one looks is there at once.
    await pipelines.submit(talkative(1), { id: "just-come" });
    await page.getByText("just-come").waitFor();
  });

  it("is dark where its reader is, or where the button says so, also the next time", async () => {
    const brightness = () =>
      page.evaluate<number>("Number(getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/)[0])");
    await page.goto(address());
    expect(await brightness()).toBeGreaterThan(200);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await brightness()).toBeLessThan(50);
    await page.getByRole("button", { name: "Light or dark" }).click();
    expect(await brightness()).toBeGreaterThan(200);
    await page.reload();
    expect(await brightness()).toBeGreaterThan(200);
  });
});

describe("what anybody can use", () => {
  it.each(["light", "dark"] as const)("has names, order and contrast (axe), %s", async (colorScheme) => {
    // A step's label is its name; axe takes all text of its card for it.
    const rules = { "label-content-name-mismatch": { enabled: false } };
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const { path } = await play();
    const evaluated = await pipelines.submit(evaluation({ html: "<p>fine", markdown: "fine" }));
    await pipelines.ended(evaluated);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const paths = [
      "/pipelineJobs",
      path,
      `${path}?step=first`,
      `/${evaluated}?step=evaluate`,
      "/customJobs",
      "/models",
      "/endpoints",
    ];
    for (const each of paths) {
      await page.goto(address(each));
      if (each.includes("pipelineJobs/")) await page.locator("live-graph svg").waitFor();
      await page.evaluate(axe);
      const violations = await page.evaluate(async (rules) => {
        const { axe: checker } = globalThis as unknown as {
          axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const result = await checker.run({ iframes: false, rules });
        return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`);
      }, rules);
      expect(violations, each).toEqual([]);
    }
    await pipelines.client.cancelPipelineJob({ name: path.slice(1) });
  });

  it("is reached by the keyboard alone", async () => {
    const { path } = await play();
    await page.goto(address(path));
    await isRunning("first");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await step("first").focus();
    await page.keyboard.press("Space");
    await page.locator(".panel h2", { hasText: "first" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Tasks" }).waitFor();
    await pipelines.client.cancelPipelineJob({ name: path.slice(1) });
  });
});

it("answers to nobody but this machine, and changes nothing for a stranger", async () => {
  const { path, name } = await play();
  const status = async (init: RequestInit, at = path) =>
    (await fetch(address(at), { redirect: "manual", ...init })).status;
  const cancel = `${path}:cancel`;
  expect(await status({ method: "POST" }, cancel)).toBe(403);
  expect(await status({ method: "POST", headers: { origin: "https://example.com" } }, cancel)).toBe(403);
  expect(await status({ method: "POST", headers: { origin: "null" } }, cancel)).toBe(403);
  expect(await status({}, "/nowhere")).toBe(404);
  expect(await status({}, `/${parent}/pipelineJobs/none`)).toBe(404);
  expect((await pipelines.get(name)).state).not.toBe("PIPELINE_STATE_CANCELLING");
  const document = await fetch(address(path));
  expect(document.headers.get("content-security-policy")).toMatch(/default-src 'none'; script-src 'self'/);
  expect(await status({ method: "POST", headers: { origin: address() } }, cancel)).toBe(303);
  await until(
    () => pipelines.get(name),
    ({ state }) => state === "PIPELINE_STATE_CANCELLED",
  );
});

it("takes the console's links to jobs", async () => {
  const { path, name } = await play();
  await page.goto(
    address(`/vertex-ai/pipelines/locations/us-central1/runs/${name.split("/").at(-1)}?project=test-project`),
  );
  expect(new URL(page.url()).pathname).toBe(path);
  await pipelines.client.cancelPipelineJob({ name });
});

async function expectText(log: ReturnType<Page["getByRole"]>, text: string): Promise<void> {
  await until(
    () => log.evaluate((pre) => pre.textContent ?? ""),
    (shown) => shown.includes(text),
    20,
  );
}
