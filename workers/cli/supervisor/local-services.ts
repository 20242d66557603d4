import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "@temporalio/client";
import { searchAttributeNames } from "../../../pipelines/retrain/search-attributes.ts";
import { checkout, program } from "../../config/program.ts";
import { type Configuration, servicesFile } from "../../config/read-configuration.ts";
import { serviceNames } from "../../config/schema.ts";
import type { LocalServices } from "../../config/to-environment.ts";
import { Child, type ChildOptions } from "./child.ts";
import { startKeeper } from "./keeper-process.ts";
import { choosePorts, type Ports } from "./ports.ts";

export interface RunnerOptions {
  /** `cloud` is the local Google Cloud and an empty Hub, and no Temporal. */
  readonly wanted: "everything" | "cloud";
  /** More options of `local/main`. */
  readonly cloudArguments?: readonly string[];
}

/**
 * Starts, in their order, the servers that the configuration has as local, and the worker; keeps them running; ends
 * them in the opposite order.
 */
export class LocalServicesRunner implements AsyncDisposable {
  readonly #configuration: Configuration;
  readonly #options: RunnerOptions;
  readonly #onRestart: (name: string, reason: string) => void;
  readonly #keeper = startKeeper();
  readonly #children: Child[] = [];
  #services: LocalServices = {};

  constructor(
    configuration: Configuration,
    onRestart: (name: string, reason: string) => void,
    options: RunnerOptions = { wanted: "everything" },
  ) {
    this.#configuration = configuration;
    this.#options = options;
    this.#onRestart = onRestart;
  }

  get services(): LocalServices {
    return this.#services;
  }

  /** Starts the servers side by side, and writes their addresses where the worker finds them. */
  async startServers(): Promise<void> {
    const { state, file, presets } = this.#configuration;
    await mkdir(state, { recursive: true });
    const portsFile = join(state, "ports.json");
    const ports = await choosePorts(file.ports ?? {}, portsFile);
    await writeFile(portsFile, `${JSON.stringify(ports)}\n`);

    const everything = this.#options.wanted === "everything";
    const cloud = !everything || serviceNames.some((name) => name !== "temporal" && presets[name] === "local");
    await Promise.all([
      everything && presets.temporal === "local" ? this.#startTemporal(ports) : undefined,
      cloud ? this.#startCloud(portsFile) : undefined,
    ]);
    const scratch = `${servicesFile(state)}.${process.pid}`;
    await writeFile(scratch, `${JSON.stringify(this.#services, null, 2)}\n`);
    await rename(scratch, servicesFile(state));
  }

  async startWorker(): Promise<void> {
    await this.#start({
      name: "worker",
      command: process.execPath,
      args: [program("workers/worker/main")],
      ready: async (announced) => void (await announced),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(servicesFile(this.#configuration.state), { force: true });
    for (const child of this.#children.splice(0).reverse()) await child.stop();
  }

  async #startTemporal(ports: Ports): Promise<void> {
    const address = `127.0.0.1:${ports.temporal}`;
    const attributes = searchAttributeNames.flatMap((name) => ["--search-attribute", `${name}=Keyword`]);
    await this.#start({
      name: "temporal",
      command: this.#configuration.temporalProgram,
      args: [
        ...["server", "start-dev", "--ip", "127.0.0.1", "--port", String(ports.temporal)],
        ...["--ui-port", String(ports.temporalUi), "--db-filename", join(this.#configuration.state, "temporal.db")],
        ...["--log-level", "warn", ...attributes],
      ],
      ready: (_announced, gone) => temporalAnswers(address, gone),
    });
    this.#services = { ...this.#services, temporal: address, temporalUi: `http://127.0.0.1:${ports.temporalUi}` };
  }

  async #startCloud(portsFile: string): Promise<void> {
    await this.#start({
      name: "local-cloud",
      command: process.execPath,
      args: localCloudCommand(this.#configuration, [
        ...["--ports", portsFile, "--parent", String(process.pid), ...(this.#options.cloudArguments ?? [])],
        ...(this.#options.wanted === "everything" ? ["--seed"] : []),
      ]),
      ready: async (announced) => {
        const { services } = await announced;
        this.#services = { ...this.#services, ...(services as LocalServices) };
      },
    });
  }

  async #start(options: Pick<ChildOptions, "name" | "command" | "args" | "ready">): Promise<void> {
    const child = new Child({
      ...options,
      cwd: checkout,
      env: process.env,
      log: join(this.#configuration.state, "logs", `${options.name}.log`),
      onGroup: this.#keeper.tell,
      onRestart: this.#onRestart,
    });
    this.#children.push(child);
    await child.start();
  }
}

/** The command line of the local cloud, for the Node that runs. */
function localCloudCommand({ state, cache, file }: Configuration, more: readonly string[]): string[] {
  const { bucket, services } = file;
  return [
    ...[program("local/main"), "--state", state, "--cache", cache],
    ...(bucket ? ["--bucket", bucket] : []),
    ...(services?.hub?.upstream ? ["--hub-upstream", services.hub.upstream] : []),
    ...more,
  ];
}

async function temporalAnswers(address: string, gone: AbortSignal): Promise<void> {
  while (!gone.aborted) {
    const connection = await Connection.connect({ address, connectTimeout: "1 second" }).catch(() => undefined);
    if (connection) {
      const found = await connection.workflowService.describeNamespace({ namespace: "default" }).then(
        () => true,
        () => false,
      );
      await connection.close();
      if (found) return;
    }
    await sleep(100);
  }
}
