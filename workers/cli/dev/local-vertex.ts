import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { checkout, program } from "../../config/program.ts";
import type { Configuration } from "../../config/read-configuration.ts";
import { AlreadyRunning, askInstance, claimInstance } from "../supervisor/instance.ts";
import { CommandError } from "../user-error.ts";

/** A local Vertex to run on. */
export interface LocalVertex extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  readonly bucket: string;
  /** Whether it was there before. */
  readonly found: boolean;
  /** Its log. */
  readonly log: string;
}

/**
 * The local Vertex that `retemper start`, or another `retemper dev`, runs on this state folder; otherwise one of our own,
 * which ends with us.
 *
 * @param images which image is which program; the package's own when left out
 */
export async function localVertex(configuration: Configuration, images?: string): Promise<LocalVertex> {
  const { state, cache, file } = configuration;
  const bucket = file.bucket ?? "retemper";
  const running = images === undefined ? (await askInstance(state))?.services["vertex"] : undefined;
  const folder = join(state, "dev");
  const log = join(folder, "local-cloud.log");
  const found = (address: string): LocalVertex => ({
    ...{ address, bucket, log, found: true },
    [Symbol.asyncDispose]: async () => undefined,
  });
  if (running !== undefined) return found(running);

  let services: Readonly<Record<string, string>> = {};
  let claim: AsyncDisposable;
  try {
    claim = await claimInstance(folder, () => ({ pid: process.pid, state: folder, services }));
  } catch (error) {
    const address = error instanceof AlreadyRunning ? error.report.services["vertex"] : undefined;
    if (address === undefined) throw error;
    return found(address);
  }
  await mkdir(folder, { recursive: true });
  const logFile = await open(log, "a");
  const args = [
    ...[program("local/main"), "--state", folder, "--cache", cache, "--bucket", bucket],
    ...["--parent", String(process.pid), ...(images === undefined ? [] : ["--images", images])],
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
  return { address: services["vertex"] ?? "", bucket, log, found: false, [Symbol.asyncDispose]: stop };
}

async function firstAnnouncement(stdout: NodeJS.ReadableStream): Promise<Readonly<Record<string, string>> | undefined> {
  for await (const line of createInterface({ input: stdout })) {
    if (!line.startsWith('{"event":"ready"')) continue;
    return (JSON.parse(line) as { services: Readonly<Record<string, string>> }).services;
  }
  return undefined;
}
