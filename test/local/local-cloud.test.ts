import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { downloadFile, listCommits, modelInfo } from "@huggingface/hub";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLocalCloud } from "../../local/server.ts";

const checkout = resolve(import.meta.dirname, "../..");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-cloud-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function newState(): Promise<string> {
  return mkdtemp(join(folder, "state-"));
}

function start(args: readonly string[], command = process.execPath): ChildProcess {
  return spawn(command, args, { cwd: checkout, stdio: ["ignore", "pipe", "pipe"] });
}

async function readyLine(child: ChildProcess): Promise<{ services: Record<string, string> }> {
  if (child.stdout === null) throw new Error("no standard output");
  for await (const line of createInterface(child.stdout)) {
    return JSON.parse(line) as { services: Record<string, string> };
  }
  throw new Error("it ended without a ready line");
}

test("the process says where its services are, takes its ports from a file, and ends on SIGTERM with 0", async () => {
  const state = await newState();
  const first = start(["local/main.ts", "--state", state]);
  const { services } = await readyLine(first);
  expect(Object.keys(services).sort()).toEqual([
    "certificateAuthority",
    "hub",
    "registry",
    "storage",
    "vertex",
    "vertexUi",
  ]);
  expect((await fetch(`${services["storage"]}/storage/v1/b/retemper`)).status).toBe(200);
  expect((await fetch(`${services["hub"]}/api/whoami-v2`)).status).toBe(200);
  expect((await fetch(`${services["registry"]}/v2/`)).status).toBe(200);
  first.kill("SIGTERM");
  expect(await once(first, "exit")).toEqual([0, null]);

  const port = Number(new URL(services["storage"] ?? "").port);
  await writeFile(join(state, "ports.json"), JSON.stringify({ storage: port, temporal: 1 }));
  const second = start(["local/main.ts", "--state", state, "--ports", join(state, "ports.json")]);
  expect((await readyLine(second)).services["storage"]).toBe(services["storage"]);
  second.kill("SIGINT");
  expect(await once(second, "exit")).toEqual([0, null]);
});

test("it ends when its parent does, however that ends", async () => {
  const parent = start(["-e", "setInterval(() => {}, 1000)"]);
  const child = start(["local/main.ts", "--state", await newState(), "--parent", String(parent.pid)]);
  await readyLine(child);
  parent.kill("SIGKILL");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("a command line that cannot be read ends with 2, what cannot be started with 1", async () => {
  expect(await once(start(["local/main.ts", "--stat", "x"]), "exit")).toEqual([2, null]);
  const noSeed = start(["local/main.ts", "--state", await newState(), "--seed", "--cache", join(folder, "none")]);
  expect(await once(noSeed, "exit")).toEqual([1, null]);
});

test("the seed is a real model and real data, with the same commits everywhere; grow brings the second revision", async () => {
  const state = await newState();
  const cloud = await startLocalCloud({ state, seed: true, ...cacheOfThisMachine() });
  const hubUrl = cloud.services.hub;
  const name = "sentence-transformers/all-MiniLM-L6-v2";
  const model = await modelInfo({ name, additionalFields: ["sha"], hubUrl });
  expect(model.sha).toBe("e0d428be2b83d82a8f71c0846c930d7e30406a63");
  const config = await downloadFile({ repo: { type: "model", name }, path: "config.json", hubUrl });
  expect(JSON.parse((await config?.text()) ?? "")).toMatchObject({ model_type: "bert", hidden_size: 384 });

  const repo = { type: "dataset", name: "retemper/debian-sections" } as const;
  const commits = async () => {
    const oids: string[] = [];
    for await (const { oid } of listCommits({ repo, hubUrl })) oids.push(oid);
    return oids;
  };
  const [first = "", ...none] = await commits();
  expect(none).toEqual([]);
  const grow = async () => (await fetch(`${hubUrl}/__admin/grow`, { method: "POST" })).json();
  const { commit } = (await grow()) as { commit: string };
  expect(await grow()).toEqual({ commit, grew: false });
  expect(await commits()).toEqual([commit, first]);
  await cloud.close();

  const again = await startLocalCloud({ state, seed: true, ...cacheOfThisMachine() });
  const info = await fetch(`${again.services.hub}/api/datasets/${repo.name}`);
  expect(await info.json()).toMatchObject({ sha: commit });
  await again.close();

  // 1,000 rows, then all; what they are tested on stays.
  expect([first, commit]).toEqual([
    "b78ebb2556c2d211e58e5245603416f4e08be2f2",
    "5a5c67050b83b9b1877f74883559e88bc9b7b9dd",
  ]);
});

function cacheOfThisMachine(): { readonly cache?: string } {
  const cache = process.env["RETEMPER_CACHE"];
  return cache === undefined ? {} : { cache };
}
