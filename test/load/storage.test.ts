import { join } from "node:path";
import { expect, test } from "vitest";
import { startStorage } from "../../local/storage/index.ts";
import { compile, container } from "../../specs/index.ts";
import { loadComponent, toYaml } from "../../specs/load/index.ts";
import { testClients, testEnvironment, testFolder } from "../activities/environment.ts";

test("an object loads by its address, through Google's own client", async () => {
  const folder = await testFolder();
  const server = await startStorage({ folder: join(folder.path, "buckets") });
  const clients = testClients(testEnvironment({ storage: server.url }));
  // Where Google's client finds another service than Google's.
  process.env["STORAGE_EMULATOR_HOST"] = server.url;
  try {
    const { Storage } = await import("@google-cloud/storage");
    await new Storage({ apiEndpoint: server.url, projectId: "retemper" }).createBucket("team");
    await clients.storage.writeText(
      "gs://team/components/fit.yaml",
      toYaml(compile(container("fit", { image: "fit" })).spec),
    );
    expect((await loadComponent("gs://team/components/fit.yaml")).node.name).toBe("fit");
    await expect(loadComponent("gs://team/components/gone.yaml")).rejects.toMatchObject({ code: "not-found" });
  } finally {
    delete process.env["STORAGE_EMULATOR_HOST"];
    await clients.close();
    await server.close();
    await folder.remove();
  }
});
