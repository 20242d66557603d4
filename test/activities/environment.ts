import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clients, createClients } from "../../activities/clients/clients.ts";
import type { Environment } from "../../activities/clients/environment.ts";

/** An environment of which only the services given exist; anything else would be refused a connection. */
export function testEnvironment(services: {
  readonly storage?: string;
  readonly hub?: string;
  readonly registry?: string;
  readonly vertex?: string;
  readonly recipes?: string;
}): Environment {
  return {
    project: "retemper",
    location: "us-central1",
    bucket: "retemper",
    recipes: services.recipes ?? "recipes",
    trainerImage: "us-central1-docker.pkg.dev/retemper/retemper/trainer:latest",
    temporal: { address: "127.0.0.1:1", namespace: "default", taskQueue: "retemper", uiUrl: null },
    vertex: { endpoint: services.vertex ?? "127.0.0.1:1", plaintext: true, console: null, pollSeconds: 1 },
    storage: { endpoint: services.storage ?? "http://127.0.0.1:1", anonymous: true },
    hub: { url: services.hub ?? "http://127.0.0.1:1", tokenVariable: "HF_TOKEN" },
    registry: { endpoint: services.registry ?? null },
  };
}

export function testClients(environment: Environment, token = "hf_test"): Clients {
  return createClients(environment, (name) => (name === "HF_TOKEN" ? token : undefined));
}

/** A folder of the test's own; `remove` it at the end. */
export async function testFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "retemper-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
