import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clients } from "../../activities/clients/clients.ts";
import { withFailures } from "../../activities/failure.ts";
import { createPromoteActivities } from "../../activities/vertex/promote-activities.ts";
import { realClock } from "../../local/clock.ts";
import { startStorage } from "../../local/storage/index.ts";
import { startVertex, type Vertex } from "../../local/vertex/index.ts";
import type { PromoteActivities } from "../../pipelines/promote/activities.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";

export interface ServedModels {
  readonly clients: Clients;
  readonly vertex: Vertex;
  readonly activities: PromoteActivities;
  close(): Promise<void>;
}

export interface ModelServer {
  readonly image: string;
  /** A program, with its `#!` line, that the image has as `python`. */
  readonly program: string;
  readonly entrypoint?: readonly string[];
  /** Milliseconds. */
  readonly healthTimeout: number;
}

/** Local Vertex and Cloud Storage, where models of one image are served by a given program; BUCKETS is its folder of buckets. */
export async function startServedModels(server: ModelServer): Promise<ServedModels> {
  const folder = await testFolder();
  const buckets = join(folder.path, "buckets");
  const bin = join(folder.path, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "python"), server.program);
  await chmod(join(bin, "python"), 0o755);
  const storage = await startStorage({ folder: buckets });
  const { Storage } = await import("@google-cloud/storage");
  await new Storage({ apiEndpoint: storage.url, projectId: "retemper" }).createBucket("retemper");
  const vertex = await startVertex({
    state: join(folder.path, "vertex"),
    storageRoot: buckets,
    images: [
      {
        name: server.image,
        path: [bin, dirname(process.execPath)],
        workingDirectory: "/",
        environment: { BUCKETS: buckets },
        ...(server.entrypoint && { entrypoint: server.entrypoint }),
        digestOf: ["bin/python"],
        root: folder.path,
      },
    ],
    clock: realClock,
    log: () => {},
    settings: { killGrace: 1_000, healthTimeout: server.healthTimeout },
  });
  const clients = testClients(testEnvironment({ storage: storage.url, vertex: vertex.address }));
  return {
    clients,
    vertex,
    activities: withFailures(createPromoteActivities(clients)),
    async close() {
      await clients.close();
      await vertex.close();
      await storage.close();
      await folder.remove();
    },
  };
}
