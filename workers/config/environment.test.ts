import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Environment } from "../../activities/clients/environment.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { parseFile, type Variables } from "./parse-file.ts";
import { readConfiguration } from "./read-configuration.ts";
import { type LocalServices, toEnvironment } from "./to-environment.ts";

const services: LocalServices = {
  temporal: "127.0.0.1:7233",
  temporalUi: "http://127.0.0.1:8233",
  vertex: "127.0.0.1:9000",
  storage: "http://127.0.0.1:9001",
  hub: "http://127.0.0.1:9002",
  registry: "http://127.0.0.1:9003",
};

function environmentOf(
  document: unknown,
  variables: Variables = {},
  running: LocalServices | null = services,
): Environment {
  return toEnvironment({
    file: parseFile(document, variables),
    folder: "/checkout",
    services: running,
    profile: { address: undefined, namespace: undefined },
    hubUrl: variables["HF_ENDPOINT"],
    resolvePath: resolve,
  });
}

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ path, message }) => `${path} ${message}`);
    throw error;
  }
  return [];
}

describe("the environment", () => {
  it("is all local without a file, at the addresses that run", () => {
    const environment = environmentOf(undefined);
    expect(environment.temporal.address).toBe("127.0.0.1:7233");
    expect(environment.vertex).toMatchObject({ endpoint: "127.0.0.1:9000", plaintext: true });
    expect(environment.storage).toEqual({ endpoint: "http://127.0.0.1:9001", anonymous: true });
    expect(environment.hub).toEqual({ url: "http://127.0.0.1:9002", tokenVariable: null });
    expect(environment.recipes).toBe("/checkout/recipes");
  });

  it("mixes the real Hub with local Vertex", () => {
    const environment = environmentOf({ services: { hub: "gcp" } });
    expect(environment.hub).toEqual({ url: "https://huggingface.co", tokenVariable: "HF_TOKEN" });
    expect(environment.vertex.endpoint).toBe("127.0.0.1:9000");
  });

  it("goes to gcp with no local service running", () => {
    const document = { environment: "gcp", project: "p", bucket: "b", services: { temporal: { address: "t:7233" } } };
    const environment = environmentOf(document, {}, null);
    expect(environment.vertex).toMatchObject({
      endpoint: "us-central1-aiplatform.googleapis.com:443",
      plaintext: false,
    });
    expect(environment.storage).toEqual({ endpoint: null, anonymous: false });
    expect(environment.trainerImage).toBe("us-central1-docker.pkg.dev/p/retemper/trainer:latest");
  });

  it("lets a variable override the file", () => {
    const environment = environmentOf(
      { services: { hub: "local" } },
      { RETEMPER_HUB: "gcp", RETEMPER_LOCATION: "europe-west4" },
    );
    expect(environment.hub.url).toBe("https://huggingface.co");
    expect(environment.location).toBe("europe-west4");
  });

  it("lists everything that gcp needs at once", () => {
    const problems = problemsOf(() => environmentOf({ environment: "gcp" }));
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "project",
      "bucket",
      "services.temporal.address",
    ]);
  });

  it("refuses real Vertex with local storage, which it could not reach", () => {
    const problems = problemsOf(() => environmentOf({ project: "p", services: { vertex: "gcp" } }));
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual(["services.storage", "services.registry"]);
  });

  it("says that local services are not running", () => {
    expect(() => environmentOf(undefined, {}, null)).toThrow(expect.objectContaining({ code: "NOT_RUNNING" }));
  });

  it("reports every slip with its path, the nearest name and the variable that set it", () => {
    const document = { projct: "p", services: { vertex: { pollSeconds: "often" }, hbu: "gcp" } };
    const problems = problemsOf(() => environmentOf(document, { RETEMPER_STORAGE: "s3" }));
    expect(problems).toHaveLength(4);
    expect(problems.join("\n")).toContain("did you mean project?");
    expect(problems.join("\n")).toContain("did you mean hub?");
    expect(problems.join("\n")).toContain("services.vertex.pollSeconds");
    expect(problems.join("\n")).toContain("RETEMPER_STORAGE must be one of local, gcp");
  });
});

describe("reading the configuration", () => {
  const folders: string[] = [];
  afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

  async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "retemper-config-"));
    folders.push(folder);
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    return folder;
  }

  it("takes Temporal's address, namespace and key from Temporal's own profile", async () => {
    const folder = await folderWith({
      "retemper.yaml": "services:\n  temporal: { preset: gcp, profile: prod }\n",
      "temporal.toml": '[profile.prod]\naddress = "cloud.example:7233"\nnamespace = "ours"\napi_key = "secret"\n',
      "services.json": JSON.stringify(services),
    });
    const configuration = await readConfiguration({
      RETEMPER_CONFIG: join(folder, "retemper.yaml"),
      RETEMPER_STATE: folder,
      TEMPORAL_CONFIG_FILE: join(folder, "temporal.toml"),
    });
    const environment = await configuration.environment();
    expect(environment.temporal).toMatchObject({ address: "cloud.example:7233", namespace: "ours", uiUrl: null });
    expect(configuration.connection(environment)).toMatchObject({ address: "cloud.example:7233", apiKey: "secret" });
    expect(JSON.stringify(environment)).not.toContain("secret");
  });

  it("reports broken YAML with its line", async () => {
    const folder = await folderWith({ "retemper.yaml": "project: p\nservices: [\n" });
    await expect(readConfiguration({ RETEMPER_CONFIG: join(folder, "retemper.yaml") })).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      message: expect.stringMatching(/line 3/),
    });
  });
});
