import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHub } from "../../../local/hub/index.ts";
import { startStorage } from "../../../local/storage/index.ts";

const run = promisify(execFile);
let folder: string;

/** Google's and Hugging Face's own Python clients, unmodified, in an environment of this test's own. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "python-clients-"));
  await run("python3", ["-m", "venv", join(folder, "venv")]);
  const requirements = join(import.meta.dirname, "requirements.txt");
  await run(join(folder, "venv/bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function see(script: string, environment: Record<string, string>): Promise<unknown> {
  const workingFolder = await mkdtemp(join(folder, "run-"));
  const { stdout } = await run(join(folder, "venv/bin/python"), [join(import.meta.dirname, script)], {
    cwd: workingFolder,
    env: { ...process.env, ...environment, HF_HOME: join(workingFolder, "home") },
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

test("google-cloud-storage", async () => {
  const storage = await startStorage({ folder: join(folder, "storage") });
  const upload = { same: true, range: true, size: 3_000_001, type: "a/b", metadata: { who: "python" } };
  expect(await see("storage_client.py", { STORAGE_EMULATOR_HOST: storage.url })).toEqual({
    second_bucket: "Conflict",
    buckets: ["python"],
    simple: upload,
    resumable: upload,
    streamed: true,
    race: [...Array(9).fill("lost"), "won"],
    composed: true,
    renamed: "renamed",
    names: ["composed", "lock", "renamed", "streamed"],
    prefixes: ["folder/"],
    wrong_checksum: "BadRequest",
    wrong_exists: false,
    in_chunks: true,
    missing: "NotFound",
    left: [],
  });
  await storage.close();
});

test("huggingface_hub", async () => {
  const state = join(folder, "hub");
  await mkdir(state);
  const users = [
    { name: "owner", organizations: ["python"], tokens: [{ token: "hf_owner", role: "write" }] },
    { name: "stranger", organizations: [], tokens: [{ token: "hf_stranger", role: "write" }] },
  ];
  await writeFile(join(state, "tokens.json"), JSON.stringify({ anonymous: null, users }));
  const hub = await startHub({ folder: state });
  const before = [".gitattributes", "README.md", "a", "a/b.txt", "model.safetensors"];
  // The client uploads through Xet otherwise, which no Hub but the real one speaks.
  const environment = { HF_ENDPOINT: hub.url, HF_TOKEN: "hf_owner", HF_HUB_DISABLE_XET: "1" };
  expect(await see("hub_client.py", environment)).toEqual({
    user: "owner",
    info: {
      sha: true,
      task: "text-classification",
      license: "apache-2.0",
      files: before.filter((path) => path !== "a"),
      lfs: [2_000_000],
    },
    stale: 412,
    tree: [".gitattributes", "README.md", "copy.safetensors", "model.safetensors"],
    tree_before: before,
    history: ["second", "first", "initial commit"],
    paths: ["README.md"],
    downloaded: true,
    snapshot: before.filter((path) => path !== "a/b.txt"),
    refs: [["main", "try"], ["v1"]],
    errors: ["RepositoryNotFoundError", "RevisionNotFoundError", "RemoteEntryNotFoundError"],
    gated: "GatedRepoError",
    granted: null,
    private: "RepositoryNotFoundError",
    dataset: [".gitattributes", "deep/two.txt", "one.bin"],
    models: ["python/model"],
    exists: false,
  });
  await hub.close();
});
