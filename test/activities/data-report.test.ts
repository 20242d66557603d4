import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import { makePlan } from "../../activities/dataset/make-plan.ts";
import { readManifest } from "../../activities/dataset/manifest.ts";
import { prepareFiles } from "../../activities/dataset/prepare-files.ts";
import { reportRun } from "../../activities/dataset/report/run-report.ts";
import { plannedRecipe, type Row, source, writeRows } from "../../activities/dataset/testing.ts";
import { UserError } from "../../activities/errors.ts";
import { type StorageServer, startStorage } from "../../local/storage/index.ts";
import type { Manifest } from "../../trainer/contract/generated/contract.ts";
import { startBrowser } from "../support/browser.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";

const bucket = "gs://retemper-local";
const ends: (() => Promise<void>)[] = [];
let clients: Clients;
let storage: StorageServer;
let folder: string;

beforeAll(async () => {
  const temporary = await testFolder();
  folder = temporary.path;
  storage = await startStorage({ folder: join(folder, "buckets") });
  await storage.ensureBucket("retemper-local");
  clients = testClients(testEnvironment({ storage: storage.url }));
  ends.push(() => storage.close(), temporary.remove);
  await prepared("before", (index) => ({
    label: `topic-${index % 3}`,
    text: `a text about topic ${index % 3}, number ${index}`,
  }));
  await prepared("after", (index) => ({
    label: index % 2 === 0 ? "topic-0" : "<b>new</b>",
    text: `a text about ${index % 2 === 0 ? "topic 0" : "something else"}, number ${index}`,
  }));
});

afterAll(async () => {
  for (const end of ends) await end();
});

/** Prepares rows, and puts what came of it into the bucket. */
async function prepared(name: string, row: (index: number) => Row): Promise<void> {
  const rows = Array.from({ length: 600 }, (_, index) => row(index));
  const file = await writeRows(folder, `${name}.jsonl`, [...rows, { label: "topic-0", text: null }]);
  const plan = makePlan({ recipe: plannedRecipe(), sources: [source([file])] });
  await prepareFiles({ plan, folder: join(folder, name), lanes: 1 });
  const output = join(folder, name, "output");
  for (const entry of await readdir(output, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size } = await stat(path);
    await clients.storage.upload(path, `${bucket}/${name}${path.slice(output.length)}`, size);
  }
}

async function manifestOf(name: string): Promise<Manifest> {
  const manifest = await readManifest(clients.storage, `${bucket}/${name}`);
  if (manifest === null) throw new UserError("NotFound", name);
  return manifest;
}

async function report(name: string, champion: string | null, maxLength = 64) {
  const steps: string[] = [];
  const { url, drift } = await reportRun(clients, {
    uri: `${bucket}/${name}`,
    manifest: await manifestOf(name),
    championUri: champion === null ? null : `${bucket}/${champion}`,
    maxLength,
    signal: new AbortController().signal,
    onProgress: (step) => steps.push(step),
  });
  return { url, drift, steps };
}

describe("prepared data", () => {
  test("has a report and its examples beside the manifest, which knows their hashes", async () => {
    const { files } = await manifestOf("before");
    expect(files?.map(({ path }) => path)).toEqual(["examples.json", "report.html"]);
    const page = (await clients.storage.readText(`${bucket}/before/report.html`)) ?? "";
    expect(page).toContain("topic-2");
    expect(page).toContain('id="rejected"');
    expect(page).not.toContain('id="drift"');
  });

  test("of a first run has nothing to drift from", async () => {
    expect((await report("before", null)).drift).toBeNull();
  });

  test("is compared with the champion's, named in the result and the page, and the same is found again", async () => {
    const { url, drift, steps } = await report("after", "before");
    expect(drift).toMatchObject({ verdict: "large" });
    expect(drift?.sentence).toContain("labels gone: topic-1, topic-2");
    const label = drift?.shifts?.find(({ column }) => column === "label");
    expect(label?.measure).toBe("index");
    expect(label?.value).toBeGreaterThan(0.25);
    expect(drift?.shifts?.filter(({ measure }) => measure === "textDistance")).toHaveLength(1);
    expect(steps).toEqual(["comparing the data with the champion's"]);

    const answer = await fetch(url);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const page = await answer.text();
    expect(page).toContain('id="drift"');
    expect(page).toContain("&lt;b&gt;new&lt;/b&gt;");
    expect(page).not.toContain("<b>new</b>");

    const again = await report("after", "before");
    expect(again).toEqual({ url, drift, steps: [] });
    expect((await report("after", "before", 32)).url).not.toBe(url);
  });

  test("is read in a browser, on a phone and on paper too, and asks for nothing else", async () => {
    const { url } = await report("after", "before");
    const browser = await startBrowser();
    try {
      for (const [width, colorScheme] of [
        [1200, "light"],
        [390, "dark"],
      ] as const) {
        const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
        const requests: string[] = [];
        const complaints: string[] = [];
        page.on("request", (request) => requests.push(request.url()));
        page.on("console", (message) => complaints.push(message.text()));
        await page.goto(url);
        await page.getByRole("heading", { name: "Drift" }).waitFor();
        // What is wider than the window is scrolled in its own place.
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
        expect(background).toBe(colorScheme === "dark" ? "rgb(20, 22, 26)" : "rgb(251, 250, 247)");
        await page.emulateMedia({ media: "print" });
        expect(await page.getByRole("navigation").isVisible()).toBe(false);
        expect(complaints).toEqual([]);
        expect(requests.filter((request) => !request.endsWith("/favicon.ico"))).toEqual([url]);
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });

  test("tells how many texts a run cuts, at its own length, without being prepared anew", async () => {
    const tokens = { splits: {}, labels: [], longer: [], sampled: 4, trainLengths: { upTo: [8, 40], rows: [3, 1] } };
    const manifest = { ...(await manifestOf("before")), statistics: { tokens } };
    for (const [maxLength, share] of [
      [7, 1],
      [39, 0.25],
      [40, 0],
    ] as const) {
      const { truncation } = await reportRun(clients, {
        ...{ uri: `${bucket}/before`, manifest, championUri: null, maxLength },
        signal: new AbortController().signal,
        onProgress: () => {},
      });
      expect(truncation).toEqual({ maxLength, atLeast: share, atMost: share });
    }
  });

  test("that the champion itself learnt from has not drifted", async () => {
    expect((await report("before", "before")).drift).toBeNull();
  });

  test("of a champion whose data is gone is not compared", async () => {
    expect((await report("after", "gone")).drift).toBeNull();
  });
});
