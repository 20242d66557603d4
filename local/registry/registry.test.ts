import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ImagesError, loadImages } from "../images.ts";
import { type RegistryServer, startRegistry } from "./index.ts";

let root: string;
let registry: RegistryServer;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "registry-"));
  await mkdir(join(root, "program/tests"), { recursive: true });
  await writeFile(join(root, "program/main.py"), "print(1)\n");
  await writeFile(join(root, "program/lock"), "a==1\n");
  await writeFile(join(root, "program/tests/test.py"), "");
  const image = {
    name: "europe-docker.pkg.dev/p/r/program",
    path: ["bin"],
    environment: { PYTHONPATH: "$CHECKOUT/lib" },
    digestOf: ["program/**/*.py", "program/lock", "!program/tests/**"],
  };
  await writeFile(join(root, "images.json"), JSON.stringify({ images: [image] }));
  registry = await startRegistry({ images: await loadImages(join(root, "images.json"), root) });
});

afterAll(async () => {
  await registry.close();
  await rm(root, { recursive: true });
});

async function digest(reference = "latest"): Promise<string | null> {
  const answer = await fetch(`${registry.url}/v2/p/r/program/manifests/${reference}`, { method: "HEAD" });
  return answer.ok ? answer.headers.get("docker-content-digest") : null;
}

test("a tag resolves to the hash of the manifest, which any registry client can check", async () => {
  const answer = await fetch(`${registry.url}/v2/p/r/program/manifests/latest`);
  const body = await answer.text();
  const hash = `sha256:${createHash("sha256").update(body).digest("hex")}`;
  expect(answer.headers.get("docker-content-digest")).toBe(hash);
  expect(answer.headers.get("content-type")).toBe("application/vnd.oci.image.manifest.v1+json");
  expect(await digest(hash)).toBe(hash);
});

test("the digest changes with the program and its lock, and with nothing else", async () => {
  const first = await digest();
  await writeFile(join(root, "program/tests/test.py"), "assert True\n");
  await writeFile(join(root, "program/notes.txt"), "x");
  expect(await digest()).toBe(first);
  await writeFile(join(root, "program/lock"), "a==2\n");
  const second = await digest();
  expect(second).not.toBe(first);
  await writeFile(join(root, "program/more.py"), "");
  expect(await digest()).not.toBe(second);
  expect(await digest(first ?? "")).toBeNull();
});

test("an unknown image is not found", async () => {
  const answer = await fetch(`${registry.url}/v2/p/r/other/manifests/latest`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ errors: [{ code: "NAME_UNKNOWN" }] });
});

test("every mistake in the file of images is listed at once", async () => {
  const file = join(root, "wrong.json");
  await writeFile(file, JSON.stringify({ images: [{ name: "a:latest", path: "bin", digestOf: [], folder: 1 }] }));
  const error = await loadImages(file, root).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImagesError);
  expect((error as ImagesError).problems.map((problem) => problem.split(":")[0])).toEqual([
    "images[0].folder",
    "images[0].name",
    "images[0].path",
    "images[0].digestOf",
  ]);
});

test("the images of this repository can be read", async () => {
  expect((await loadImages()).map(({ name }) => name)).toContain(
    "us-central1-docker.pkg.dev/retemper/retemper/trainer",
  );
});
