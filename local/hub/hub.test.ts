import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import {
  commit,
  createBranch,
  createRepo,
  datasetInfo,
  deleteBranch,
  deleteRepo,
  downloadFile,
  fileDownloadInfo,
  type HubApiError,
  listCommits,
  listFiles,
  listModels,
  modelInfo,
  pathsInfo,
  repoExists,
  snapshotDownload,
  uploadFiles,
  whoAmI,
} from "@huggingface/hub";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HubServer, startHub } from "./index.ts";

let folder: string;
let hub: HubServer;
let access: { hubUrl: string; accessToken: string };
let count = 0;

const users = {
  anonymous: null,
  users: [
    {
      name: "ada",
      organizations: ["acme"],
      tokens: [
        { token: "hf_ada", role: "write" },
        { token: "hf_ada_reads", role: "read" },
      ],
    },
    { name: "eve", organizations: [], tokens: [{ token: "hf_eve", role: "write" }] },
  ],
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hub-"));
  await writeFile(join(folder, "tokens.json"), JSON.stringify(users));
  hub = await startHub({ folder });
  access = { hubUrl: hub.url, accessToken: "hf_ada" };
});

afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true });
});

async function newRepo(type: "model" | "dataset" = "model", visibility: "public" | "private" = "public") {
  const repo = { type, name: `acme/repo-${++count}` } as const;
  await createRepo({ repo, visibility, ...access });
  return repo;
}

async function status(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no error",
    (error: HubApiError) => error.statusCode,
  );
}

async function paths(options: Parameters<typeof listFiles>[0]): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of listFiles(options)) found.push(entry.path);
  return found;
}

function text(path: string, content: string) {
  return { operation: "addOrUpdate" as const, path, content: new Blob([content]) };
}

async function read(
  repo: { type: "model" | "dataset"; name: string },
  path: string,
  revision = "main",
  token = access,
) {
  const blob = await downloadFile({ repo, path, revision, ...token });
  return blob === null ? null : blob.text();
}

describe("repos", () => {
  test("are created with a first commit, found, listed and deleted", async () => {
    const repo = await newRepo();
    expect(await status(createRepo({ repo, ...access }))).toBe(409);
    expect(await paths({ repo, ...access })).toEqual([".gitattributes"]);
    const info = await modelInfo({ name: repo.name, additionalFields: ["sha"], ...access });
    expect(info).toMatchObject({ name: repo.name, private: false, gated: false });
    expect(info.sha).toMatch(/^[0-9a-f]{40}$/);
    const found: string[] = [];
    for await (const model of listModels({ search: { query: repo.name.slice(5) }, ...access })) found.push(model.name);
    expect(found).toContain(repo.name);
    await deleteRepo({ repo, ...access });
    expect(await repoExists({ repo, ...access })).toBe(false);
  });

  test("a dataset and a model of one name are two repos", async () => {
    const model = await newRepo("model");
    const dataset = { type: "dataset", name: model.name } as const;
    expect(await status(datasetInfo({ name: model.name, ...access }))).toBe(404);
    await createRepo({ repo: dataset, ...access });
    await commit({ repo: dataset, title: "x", operations: [text("x", "data")], ...access });
    expect(await read(dataset, "x")).toBe("data");
    expect(await read(model, "x")).toBeNull();
  });

  test("a name that is a path is refused", async () => {
    expect(await status(createRepo({ repo: { type: "model", name: "acme/.." }, ...access }))).toBe(400);
  });

  test("whoami names the user and the token's role", async () => {
    expect(await whoAmI({ ...access })).toMatchObject({
      name: "ada",
      orgs: [{ name: "acme" }],
      auth: { accessToken: { role: "write" } },
    });
    expect(await status(whoAmI({ hubUrl: hub.url, accessToken: "hf_wrong" }))).toBe(401);
  });
});

describe("commits", () => {
  test("small and large files come back as they were, at every revision", async () => {
    const repo = await newRepo();
    const weights = randomBytes(3_000_000);
    const first = await commit({
      repo,
      title: "first",
      operations: [text("a/config.json", "{}"), { ...text("model.safetensors", ""), content: new Blob([weights]) }],
      ...access,
    });
    const second = await commit({
      repo,
      title: "second",
      description: "more of it",
      operations: [text("a/config.json", '{"x":1}'), { operation: "delete", path: ".gitattributes" }],
      ...access,
    });
    const [at1, at2] = [first?.commit.oid ?? "", second?.commit.oid ?? ""];
    expect(await read(repo, "a/config.json", at1)).toBe("{}");
    expect(await read(repo, "a/config.json", at2)).toBe('{"x":1}');
    expect(await read(repo, "a/config.json", "HEAD")).toBe('{"x":1}');
    const blob = await downloadFile({ repo, path: "model.safetensors", ...access });
    expect((await buffer(blob?.stream() as ReadableStream)).equals(weights)).toBe(true);
    expect(
      Buffer.from((await blob?.slice(1000, 1010).arrayBuffer()) ?? new ArrayBuffer(0)).equals(
        weights.subarray(1000, 1010),
      ),
    ).toBe(true);
    const history: string[] = [];
    for await (const { oid } of listCommits({ repo, batchSize: 2, ...access })) history.push(oid);
    expect(history).toHaveLength(3);
    expect(history.slice(0, 2)).toEqual([at2, at1]);
    expect(await paths({ repo, recursive: true, revision: at2, ...access })).toEqual([
      "a",
      "a/config.json",
      "model.safetensors",
    ]);
    expect(await paths({ repo, path: "a", ...access })).toEqual(["a/config.json"]);
  });

  test("a stale parent is refused, and leaves the branch as it was", async () => {
    const repo = await newRepo();
    const { sha } = await modelInfo({ name: repo.name, additionalFields: ["sha"], ...access });
    const on = { repo, title: "next", parentCommit: sha, ...access };
    await commit({ ...on, operations: [text("x", "first")] });
    expect(await status(commit({ ...on, operations: [text("x", "second")] }))).toBe(412);
    expect(await read(repo, "x")).toBe("first");
  });

  test("of ten commits on one parent one is made", async () => {
    const repo = await newRepo();
    const { sha } = await modelInfo({ name: repo.name, additionalFields: ["sha"], ...access });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, racer) =>
        status(commit({ repo, title: `${racer}`, parentCommit: sha, operations: [text("x", `${racer}`)], ...access })),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "no error")).toHaveLength(1);
    expect(await read(repo, "x")).toBe(String(outcomes.indexOf("no error")));
  });

  test("hashes are git's", async () => {
    const repo = await newRepo();
    await commit({ repo, title: "x", operations: [text("hello", "hello\n")], ...access });
    const [info] = await pathsInfo({ repo, paths: ["hello", "nowhere"], expand: true, ...access });
    expect(info).toMatchObject({
      path: "hello",
      oid: "ce013625030ba8dba906f756967f9e9ca394464a",
      size: 6,
      lastCommit: { title: "x" },
    });
  });

  test("a large file whose bytes are not what was announced is not taken", async () => {
    const repo = await newRepo();
    const oid = "0".repeat(64);
    const batch = await fetch(`${hub.url}/${repo.name}.git/info/lfs/objects/batch`, {
      method: "POST",
      headers: { authorization: "Bearer hf_ada" },
      body: JSON.stringify({ operation: "upload", transfers: ["basic"], objects: [{ oid, size: 4 }] }),
    });
    const { objects } = (await batch.json()) as { objects: [{ actions: { upload: { href: string } } }] };
    expect((await fetch(objects[0].actions.upload.href, { method: "PUT", body: "four" })).status).toBe(400);
    const lines = [
      { key: "header", value: { summary: "x" } },
      { key: "lfsFile", value: { path: "x.bin", oid, size: 4 } },
    ];
    const made = await fetch(`${hub.url}/api/models/${repo.name}/commit/main`, {
      method: "POST",
      headers: { authorization: "Bearer hf_ada" },
      body: lines.map((line) => JSON.stringify(line)).join("\n"),
    });
    expect(made.status).toBe(400);
    expect(await readdir(join(folder, "blobs/staging"))).toEqual([]);
  });

  test("a path that leaves the repo is refused, with every other wrong one", async () => {
    const repo = await newRepo();
    const error: HubApiError = await commit({
      repo,
      title: "x",
      operations: [
        text("../x", "1"),
        text("a//b", "2"),
        text("f", "3"),
        text("f/g", "4"),
        { operation: "delete", path: "no" },
      ],
      ...access,
    }).then(
      () => Promise.reject(new Error("taken")),
      (refused) => refused,
    );
    expect(error.statusCode).toBe(400);
    for (const path of ["../x", "a//b", "f/g", "no"]) expect(error.message).toContain(path);
  });

  test("a listing of many files comes in pages", async () => {
    const repo = await newRepo();
    const operations = Array.from({ length: 1200 }, (_, index) => text(`d/${index}`, `${index}`));
    await uploadFiles({ repo, files: operations, ...access });
    expect(await paths({ repo, path: "d", ...access })).toHaveLength(1200);
    expect(new Set(await paths({ repo, path: "d", expand: true, ...access })).size).toBe(1200);
  }, 60_000);
});

describe("branches and tags", () => {
  test("a branch goes its own way; main cannot be deleted", async () => {
    const repo = await newRepo();
    await createBranch({ repo, branch: "try/it", ...access });
    expect(await status(createBranch({ repo, branch: "try/it", ...access }))).toBe(409);
    await commit({ repo, branch: "try/it", title: "x", operations: [text("x", "there")], ...access });
    expect(await read(repo, "x", "try/it")).toBe("there");
    expect(await read(repo, "x")).toBeNull();
    await deleteBranch({ repo, branch: "try/it", ...access });
    expect(await status(modelInfo({ name: repo.name, revision: "try/it", ...access }))).toBe(404);
    expect(await status(deleteBranch({ repo, branch: "main", ...access }))).toBe(400);
  });

  test("a revision that is not there is told from a file that is not", async () => {
    const repo = await newRepo();
    const code = async (path: string) =>
      (await fetch(`${hub.url}/${repo.name}/resolve/${path}`)).headers.get("x-error-code");
    expect(await code("main/nothing")).toBe("EntryNotFound");
    expect(await code("v9/nothing")).toBe("RevisionNotFound");
    expect(await code(`${"a".repeat(40)}/nothing`)).toBe("RevisionNotFound");
  });
});

describe("files", () => {
  test("HEAD tells commit, size and hash", async () => {
    const repo = await newRepo();
    await commit({ repo, title: "x", operations: [text("w.bin", "weights"), text("empty", "")], ...access });
    const head = await fetch(`${hub.url}/${repo.name}/resolve/main/w.bin`, { method: "HEAD" });
    expect(head.headers.get("x-repo-commit")).toMatch(/^[0-9a-f]{40}$/);
    expect(head.headers.get("x-linked-size")).toBe("7");
    expect(head.headers.get("x-linked-etag")).toMatch(/^"[0-9a-f]{64}"$/);
    expect(head.headers.get("content-length")).toBe("7");
    expect(await fileDownloadInfo({ repo, path: "empty", ...access })).toMatchObject({ size: 0 });
    expect(await read(repo, "empty")).toBe("");
    const again = await fetch(`${hub.url}/${repo.name}/resolve/main/w.bin`, {
      headers: { "if-none-match": head.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
  });

  test("a snapshot downloads a repo at a commit", async () => {
    const repo = await newRepo();
    const made = await commit({
      repo,
      title: "x",
      operations: [text("a/b.txt", "bee"), text("w.bin", "weights")],
      ...access,
    });
    const cacheDir = await mkdtemp(join(tmpdir(), "hub-cache-"));
    const revision = made?.commit.oid ?? "";
    const at = await snapshotDownload({ repo, revision, cacheDir, ...access });
    expect((await readdir(at)).sort()).toEqual([".gitattributes", "a", "w.bin"]);
    await rm(cacheDir, { recursive: true });
  });
});

describe("who may do what", () => {
  test("a private repo is not there for others, and asks the unknown who they are", async () => {
    const repo = await newRepo("model", "private");
    expect(await status(modelInfo({ name: repo.name, ...access }))).toBe("no error");
    expect(await status(modelInfo({ name: repo.name, hubUrl: hub.url, accessToken: "hf_eve" }))).toBe(404);
    expect(await status(modelInfo({ name: repo.name, hubUrl: hub.url }))).toBe(401);
    expect(await status(modelInfo({ name: "acme/never-was", hubUrl: hub.url }))).toBe(401);
  });

  test("only an owner with a writing token writes", async () => {
    const repo = await newRepo();
    const write = (accessToken?: string) =>
      status(
        commit({
          repo,
          title: "x",
          operations: [text("x", "x")],
          hubUrl: hub.url,
          ...(accessToken && { accessToken }),
        }),
      );
    expect(await write("hf_eve")).toBe(403);
    expect(await write("hf_ada_reads")).toBe(403);
    expect(await write()).toBe(401);
    expect(await write("hf_ada")).toBe("no error");
  });

  test("a gated repo gives its files once the license is accepted, and says where", async () => {
    const repo = await newRepo();
    await commit({ repo, title: "x", operations: [text("x", "secret")], ...access });
    const settings = { method: "PUT", headers: { authorization: "Bearer hf_ada" }, body: '{"gated":"auto"}' };
    await fetch(`${hub.url}/api/models/${repo.name}/settings`, settings);
    const eve = { hubUrl: hub.url, accessToken: "hf_eve" };
    expect(await modelInfo({ name: repo.name, ...eve })).toMatchObject({ gated: "auto" });
    const refused = await fetch(`${hub.url}/${repo.name}/resolve/main/x`, {
      headers: { authorization: "Bearer hf_eve" },
    });
    expect(refused.status).toBe(403);
    expect(refused.headers.get("x-error-code")).toBe("GatedRepo");
    const message = refused.headers.get("x-error-message") ?? "";
    const address = /Visit (\S+) to/.exec(message)?.[1] ?? "";
    expect(address).toBe(`${hub.url}/${repo.name}`);
    expect(await (await fetch(address)).text()).toContain(`${address}/ask-access`);
    await fetch(`${address}/ask-access`, { method: "POST", headers: { authorization: "Bearer hf_eve" } });
    expect(await read(repo, "x", "main", eve)).toBe("secret");
    expect(await read(repo, "x")).toBe("secret");
  });

  test("on a machine of one's own, no token is needed", async () => {
    const own = await mkdtemp(join(tmpdir(), "hub-"));
    const server = await startHub({ folder: own });
    const repo = { type: "model", name: "anybody/model" } as const;
    await createRepo({ repo, hubUrl: server.url, accessToken: undefined as unknown as string });
    await commit({ repo, title: "x", operations: [text("w.bin", "weights")], hubUrl: server.url });
    expect((await modelInfo({ name: repo.name, hubUrl: server.url })).name).toBe(repo.name);
    await server.close();
    await rm(own, { recursive: true });
  });
});

describe("reading through to another Hub", () => {
  test("what is read once is kept, branches are asked for anew, and an unreachable one is named", async () => {
    const repo = await newRepo();
    const weights = randomBytes(2_000_000);
    await commit({
      repo,
      title: "x",
      operations: [text("a/b", "one"), { ...text("w.bin", ""), content: new Blob([weights]) }],
      ...access,
    });
    const own = await mkdtemp(join(tmpdir(), "hub-"));
    const elsewhere = await mkdtemp(join(tmpdir(), "hub-"));
    await writeFile(join(elsewhere, "tokens.json"), JSON.stringify(users));
    // A proxy that can go away, so that the upstream's address is known to be free afterwards.
    const upstream = await startHub({ folder: elsewhere, upstream: hub.url });
    const mirror = await startHub({ folder: own, upstream: upstream.url });
    const through = { hubUrl: mirror.url, accessToken: "hf_ada" };

    const { sha } = await modelInfo({ name: repo.name, additionalFields: ["sha"], ...through });
    expect(sha).toBe((await modelInfo({ name: repo.name, additionalFields: ["sha"], ...access })).sha);
    expect(await paths({ repo, recursive: true, ...through })).toEqual([".gitattributes", "a", "a/b", "w.bin"]);
    const partly = await fetch(`${mirror.url}/${repo.name}/resolve/main/w.bin`, { headers: { range: "bytes=5-9" } });
    expect(Buffer.from(await partly.arrayBuffer()).equals(weights.subarray(5, 10))).toBe(true);
    expect(await read(repo, "a/b", "main", through)).toBe("one");
    const blob = await downloadFile({ repo, path: "w.bin", ...through });
    expect((await buffer(blob?.stream() as ReadableStream)).equals(weights)).toBe(true);
    expect(await status(modelInfo({ name: "acme/never-was", ...through }))).toBe(404);
    expect(await status(commit({ repo, title: "x", operations: [text("x", "x")], hubUrl: mirror.url }))).toBe(403);

    await commit({ repo, title: "moved", operations: [text("a/b", "two")], ...access });
    expect(await read(repo, "a/b", "main", through)).toBe("two");
    expect(await read(repo, "a/b", sha, through)).toBe("one");

    await upstream.close();
    expect(await read(repo, "a/b", "main", through)).toBe("two");
    const unknown: HubApiError = await modelInfo({ name: "acme/other", ...through }).then(
      () => Promise.reject(new Error()),
      (error) => error,
    );
    expect(unknown.statusCode).toBe(502);
    expect(unknown.message).toContain(upstream.url);
    await mirror.close();
    await Promise.all([own, elsewhere].map((path) => rm(path, { recursive: true })));
  });
});
