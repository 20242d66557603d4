import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Client } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { stringify } from "yaml";
import type { Environment } from "../../activities/clients/environment.ts";
import { type Clients, createActivities, createClients } from "../../activities/index.ts";
import { type LocalCloud, startLocalCloud } from "../../local/server.ts";
import { bundleWorkflows } from "../../workers/worker/bundle.ts";
import { createWorker } from "../../workers/worker/create-worker.ts";
import { accessToken, HubRepos, tinyBert, topics } from "./hub-repos.ts";
import { Run } from "./run.ts";
import { startTemporal, type Temporal } from "./temporal.ts";
import { VertexView } from "./vertex-view.ts";
import { startWebhook, type Webhook } from "./webhook.ts";

const checkout = resolve(import.meta.dirname, "../..");
const readVariable = (name: string) => (name === "HF_TOKEN" ? accessToken : undefined);
const bundles = process.env["RETEMPER_CACHE"] ?? join(tmpdir(), "retemper-bundles");

/** A whole Retemper of this test's own: real Temporal, the local cloud, a worker, and a model that trains in seconds. */
export class House implements AsyncDisposable {
  readonly temporal: TestWorkflowEnvironment;
  readonly cloud: LocalCloud;
  readonly environment: Environment;
  readonly clients: Clients;
  readonly vertex: VertexView;
  readonly hub: HubRepos;
  readonly webhook: Webhook;
  readonly state: string;
  readonly #stops: (() => Promise<void>)[] = [];

  static async start(options: { readonly ui?: boolean } = {}): Promise<House> {
    const state = await mkdtemp(join(tmpdir(), "retemper-"));
    await mkdir(join(state, "recipes"));
    const [temporal, cloud, webhook] = await Promise.all([
      startTemporal(options),
      startLocalCloud({ state }),
      startWebhook(),
    ]);
    const house = new House(state, temporal, cloud, webhook);
    await house.hub.seedTinyBert(join(state, "tiny-bert"));
    return house;
  }

  private constructor(state: string, { environment: temporal, uiUrl }: Temporal, cloud: LocalCloud, webhook: Webhook) {
    this.state = state;
    this.temporal = temporal;
    this.cloud = cloud;
    this.webhook = webhook;
    this.environment = {
      project: "retemper",
      location: "us-central1",
      bucket: "retemper",
      recipes: join(state, "recipes"),
      trainerImage: "us-central1-docker.pkg.dev/retemper/retemper/trainer:latest",
      temporal: { address: temporal.address, namespace: "default", taskQueue: "retemper", uiUrl },
      vertex: {
        endpoint: cloud.services.vertex,
        plaintext: true,
        console: "https://console.cloud.google.com",
        pollSeconds: 0.3,
      },
      storage: { endpoint: cloud.services.storage, anonymous: true },
      hub: { url: cloud.services.hub, tokenVariable: "HF_TOKEN" },
      registry: { endpoint: cloud.services.registry },
    };
    this.clients = createClients(this.environment, readVariable);
    this.vertex = new VertexView(this.clients);
    this.hub = new HubRepos(cloud.services.hub);
  }

  get client(): Client {
    return this.temporal.client;
  }

  /** A worker in this process. */
  async startWorker(): Promise<void> {
    const { activities, close } = createActivities(this.environment, { readVariable });
    const worker = await createWorker({
      environment: this.environment,
      connection: this.temporal.nativeConnection,
      activities,
      workflowBundle: await bundleWorkflows(bundles, new DefaultLogger("ERROR")),
    });
    const running = worker.run();
    this.#stops.push(async () => {
      worker.shutdown();
      await running;
      await close();
    });
  }

  /** The worker's own process, as `npm start` runs it, so that a test can kill it. */
  async startWorkerProcess(): Promise<ChildProcess> {
    const services = { ...this.cloud.services, temporal: this.temporal.address, temporalUi: "http://127.0.0.1:1" };
    await writeFile(join(this.state, "services.json"), JSON.stringify(services));
    const worker = spawn(process.execPath, [join(checkout, "workers/worker/main.ts")], {
      cwd: checkout,
      env: {
        ...process.env,
        RETEMPER_STATE: this.state,
        RETEMPER_RECIPES: join(this.state, "recipes"),
        RETEMPER_CACHE: bundles,
        HF_TOKEN: accessToken,
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exited = once(worker, "exit");
    this.#stops.push(async () => {
      if (worker.exitCode === null && worker.signalCode === null) worker.kill("SIGTERM");
      await exited;
    });
    for await (const line of createInterface(worker.stdout)) if (line.includes('"ready"')) return worker;
    throw new Error("The worker ended before it was ready.");
  }

  async writeRecipe(name: string, changes: Record<string, unknown> = {}): Promise<void> {
    const recipe = {
      name,
      task: "text-classification",
      model: { base: tinyBert.name },
      data: { source: "hub", dataset: topics.name, train: "train.jsonl", test: "test.jsonl" },
      columns: { slices: ["length"] },
      train: quickTraining,
      gate: { thresholds: { accuracy: 0.5 } },
      promote: {
        endpoint: name,
        canary: [
          { percent: 10, bake: "250ms" },
          { percent: 50, bake: "250ms" },
        ],
        cooldown: "100ms",
      },
      notify: { webhook: this.webhook.url },
      ...changes,
    };
    await writeFile(join(this.environment.recipes, `${name}.yaml`), stringify(recipe));
  }

  async retrain(request: unknown, workflowId: string): Promise<Run> {
    const handle = await this.client.workflow.start("retrain", {
      taskQueue: this.environment.temporal.taskQueue,
      workflowId,
      args: request === undefined ? [] : [request],
    });
    return new Run(this.client, handle);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop();
    await this.clients.close();
    await this.cloud.close();
    await this.webhook.close();
    await this.temporal.teardown();
    await rm(this.state, { recursive: true, force: true });
  }
}

/** Seconds on a CPU. */
export const quickTraining = {
  epochs: 10,
  batchSize: 16,
  maxLength: 32,
  learningRate: 3e-3,
  hardware: { tpu: "v5e", topology: "2x4" },
};
