import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { checkout, program } from "../../config/program.ts";
import type { Configuration } from "../../config/read-configuration.ts";
import { AlreadyRunning, askInstance, claimInstance } from "../supervisor/instance.ts";
import { CommandError } from "../user-error.ts";

type Services = Readonly<Record<string, string>>;

/** A local Vertex to run on. */
export interface LocalVertex extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  /** Base address of the Cloud Storage beside it. */
  readonly storage: string;
  /** Base address of its page, where it has one. */
  readonly page: string | null;
  readonly bucket: string;
  /** Whether it was there before. */
  readonly found: boolean;
  /** Its log. */
  readonly log: string;
  /** Folder of one of our own, which `retemper local` may serve afterwards. */
  readonly state: string;
}

/** What only a Vertex of our own can be told; one that runs already has its own. */
export interface LocalVertexOptions {
  /** File that says which image is which program; the package's own when left out. */
  readonly images?: string | undefined;
  /** Runs images that are no program of this machine: docker or podman. */
  readonly containerEngine?: string | undefined;
}

/**
 * The local Vertex that `retemper start`, or another `retemper dev`, runs on this state folder; otherwise one of our own,
 * which ends with us.
 */
export async function localVertex(
  configuration: Configuration,
  { images, containerEngine }: LocalVertexOptions = {},
): Promise<LocalVertex> {
  const { state, cache, file } = configuration;
  const bucket = file.bucket ?? "retemper";
  const running = images === undefined && containerEngine === undefined ? await askInstance(state) : undefined;
  const folder = join(state, "dev");
  const log = join(folder, "local-cloud.log");
  const at = (services: Services) => ({
    address: services["vertex"] ?? "",
    storage: services["storage"] ?? "",
    page: services["vertexUi"] ?? null,
    ...{ bucket, log, state: folder },
  });
  const found = (services: Services): LocalVertex => ({
    ...{ ...at(services), found: true },
    [Symbol.asyncDispose]: async () => undefined,
  });
  if (running?.services["vertex"] !== undefined) return found(running.services);

  let services: Services = {};
  let claim: AsyncDisposable;
  try {
    claim = await claimInstance(folder, () => ({ pid: process.pid, state: folder, services }));
  } catch (error) {
    if (!(error instanceof AlreadyRunning) || error.report.services["vertex"] === undefined) throw error;
    return found(error.report.services);
  }
  await mkdir(folder, { recursive: true });
  const logFile = await open(log, "a");
  const args = [
    ...[program("local/main"), "--state", folder, "--cache", cache, "--bucket", bucket],
    ...["--parent", String(process.pid), ...(images === undefined ? [] : ["--images", images])],
    ...(containerEngine === undefined ? [] : ["--container-engine", containerEngine]),
  ];
  const child = spawn(process.execPath, args, {
    cwd: checkout,
    // Its own group: a Ctrl-C in the terminal is for us, who then end it.
    detached: true,
    stdio: ["ignore", "pipe", logFile.fd],
  });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await logFile.close();
    await claim[Symbol.asyncDispose]();
  };
  const ready = await Promise.race([
    child.stdout === null ? undefined : firstAnnouncement(child.stdout),
    ended.then(() => undefined),
  ]);
  if (ready === undefined) {
    await stop();
    throw new CommandError("LOCAL_VERTEX", `The local Vertex did not start; ${log} says why.`);
  }
  services = ready;
  return { ...at(services), found: false, [Symbol.asyncDispose]: stop };
}

async function firstAnnouncement(stdout: NodeJS.ReadableStream): Promise<Services | undefined> {
  for await (const line of createInterface({ input: stdout })) {
    if (!line.startsWith('{"event":"ready"')) continue;
    return (JSON.parse(line) as { services: Services }).services;
  }
  return undefined;
}
